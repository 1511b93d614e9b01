import { expect, test } from 'vitest';
import { Admission, type Admitted } from '../../../mock-upstream/limits/admission.js';

class Request implements Admitted {
  cancelled = false;
  admitted = false;
  onAdmitted(): void {
    this.admitted = true;
  }
}

test('without a limit everyone comes in', () => {
  const admission = new Admission(null, null);
  for (let i = 0; i < 1000; i++) expect(admission.enter(new Request())).toBe('admitted');
  expect([admission.active, admission.queued]).toEqual([1000, 0]);
});

test('the others wait, and come in one after the other, in their order', () => {
  const admission = new Admission(1, null);
  const [first, second, third] = [new Request(), new Request(), new Request()];
  expect([first, second, third].map((request) => admission.enter(request))).toEqual(['admitted', 'queued', 'queued']);
  expect([admission.active, admission.queued]).toEqual([1, 2]);
  admission.leave();
  expect([second.admitted, third.admitted, admission.active]).toEqual([true, false, 1]);
  admission.leave();
  admission.leave();
  expect([third.admitted, admission.active]).toEqual([true, 0]);
});

test('a full queue refuses', () => {
  const admission = new Admission(1, 1);
  expect([new Request(), new Request(), new Request()].map((request) => admission.enter(request))).toEqual([
    'admitted',
    'queued',
    'refused',
  ]);
});

test('who has left the queue takes no place in it, and is passed over', () => {
  const admission = new Admission(1, 1);
  const [gone, waiting] = [new Request(), new Request()];
  admission.enter(new Request());
  admission.enter(gone);
  gone.cancelled = true;
  expect(admission.enter(waiting)).toBe('queued');
  admission.leave();
  expect([gone.admitted, waiting.admitted, admission.active]).toEqual([false, true, 1]);
});
