/** Asking the person in place. Each kind of question is its own: what proves one says nothing of the other. */
export type Question = 'sign_in' | 'step_up'

/** Puts a question to the person, and says whether the same person has answered it. */
type Ask = (question: Question) => Promise<boolean>

let ask: Ask | undefined
export const whenAsked = (answer: Ask | undefined): void => {
  ask = answer
}

// Whatever is refused meanwhile waits for the answer to the same question.
const open = new Map<Question, Promise<boolean>>()

/** Whether the person has answered; only then is his request sent again. */
export function askInPlace(question: Question): Promise<boolean> {
  const asked = open.get(question)
  if (asked) return asked
  const asking = (ask?.(question) ?? Promise.resolve(false)).finally(() => open.delete(question))
  open.set(question, asking)
  return asking
}
