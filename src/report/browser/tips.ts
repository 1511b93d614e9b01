import type { Tooltip } from './tooltip.js';

/** Shows why a gate wasn't passed: on hover, on focus, and on a tap. */
export function wireTips(tooltip: Tooltip): void {
  for (const button of document.querySelectorAll<HTMLElement>('[data-tip]')) {
    const show = () => {
      const { left, bottom, width } = button.getBoundingClientRect();
      tooltip.show(
        { heading: button.dataset.title ?? '', rows: [], remarks: (button.dataset.tip ?? '').split('\n') },
        { left: left + width / 2, top: bottom },
      );
    };
    const hide = () => tooltip.hide();
    button.addEventListener('mouseenter', show);
    button.addEventListener('focus', show);
    button.addEventListener('click', show);
    button.addEventListener('mouseleave', hide);
    button.addEventListener('blur', hide);
    button.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') hide();
    });
  }
}
