// What test_pages_hold.py and test_axe.py ask of a page in one direction: does it scroll sideways, is something cut off?
(way) => {
  document.documentElement.dir = way;
  const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
  const off = (e) => { const b = e.getBoundingClientRect(); return b.width > 1 && (way === 'rtl' ? b.right > room + 1 : b.left < -1); };
  const kept = (e) => e.closest('.vh, .skip, [popover], .tablewrap, [aria-hidden=true], svg, pre, code');
  const cut = [...document.querySelectorAll('main *')]
    .filter((e) => e.checkVisibility({ visibilityProperty: true }) && off(e) && !kept(e)).map((e) => e.outerHTML.slice(0, 120));
  return [...(wide > room ? [`scrolls sideways in ${way}: ${wide} px wide of ${room}`] : []), ...cut.slice(0, 3).map((e) => `cut off in ${way}: ${e}`)];
}
