/**
 * Districts of the sample share no book and no project: one waits for the database while another decides.
 */
const atOnce = 3

/** Does the same with each, in their order, a few at once. The first that fails ends it. */
export async function inTurn<Of>(all: readonly Of[], work: (one: Of) => Promise<void>): Promise<void> {
  const left = [...all]
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: atOnce }, next))
}
