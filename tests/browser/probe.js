// What test_pages_hold.py asks every page: one heading, names for all controls, targets to hit.
() => {
  const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.vh, [aria-hidden=true]');
  const named = (e) => e.labels?.length || e.ariaLabel || e.getAttribute('aria-labelledby') || e.title;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const start = (e) => e.outerHTML.slice(0, 120);
  const box = (e) => (e.closest('label') ?? e).getBoundingClientRect();
  const ids = all('[id]').map((e) => e.id);
  return {
    title: document.title,
    h1: all('h1').length,
    main: all('main').length,
    nameless: all('input:not([type=hidden]), select, textarea').filter((e) => seen(e) && !named(e)).map(start),
    mute: all('a[href], button')
      .filter((e) => seen(e) && !(e.innerText.trim() || e.ariaLabel || e.querySelector('.vh'))).map(start),
    twice: [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))],
    styled: all('[style], style, script:not([src])').length,
    small: all('button, input:not([type=hidden]), select, summary, a.btn')
      .filter((e) => seen(e) && box(e).width && (box(e).width < 24 || box(e).height < 24)).map(start),
  };
}
