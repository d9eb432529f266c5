/** Whether anybody sits before the page: what it asks by itself keeps no session alive. */
const restingAfterMs = 60_000
let last = performance.now()

for (const sign of ['pointerdown', 'keydown', 'wheel'])
  addEventListener(sign, () => (last = performance.now()), { capture: true, passive: true })

export const isResting = (): boolean => performance.now() - last > restingAfterMs
