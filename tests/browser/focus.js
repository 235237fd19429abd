// What test_keyboard.py asks: what has the focus, can it be seen, and what was never reached.
(() => {
  const all = [...document.querySelectorAll('*')];
  const radios = (e) => e.type === 'radio' && (document.querySelector(`input[type=radio][name="${CSS.escape(e.name)}"]:checked`) ?? e) !== e;
  const usable = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const outlined = (e) => {
    const style = getComputedStyle(e);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const said = (e) => e.outerHTML.slice(0, 100);
  return {
    here() {
      const e = document.activeElement;
      if (!e || e === document.body || e === document.documentElement) return null;
      const box = e.getBoundingClientRect(), label = e.closest('label') ?? e.parentElement;
      const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1), y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
      const top = document.elementFromPoint(x, y);
      return {
        number: all.indexOf(e), what: said(e), outlined: outlined(e) || outlined(label) || outlined(label.parentElement ?? label),
        shown: box.bottom > 0 && box.top < innerHeight && !!top && (e.contains(top) || top.contains(e)),
      };
    },
    missed: (seen) => all.filter((e, number) => e.matches(usable) && !e.disabled && e.tabIndex >= 0 && !radios(e) && !seen.includes(number)
      && e.checkVisibility({ visibilityProperty: true }) && !e.closest('[inert]')).map(said).slice(0, 3),
  };
})()
