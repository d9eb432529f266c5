/**
 * A verb: what one person may do under a key, said once. Its name under the key, the right it takes, the form of what
 * it is given, what it refuses and what it does stand here; the route, the document and the content that the key is
 * held against follow from them.
 *
 * A key is answered for ever, so the spelling of the content is part of what was promised: it is the encoded form, and
 * a verb that spelled it otherwise before says `content`. Nothing here knows a word of any domain.
 */
import * as z from 'zod'
import { type Actor, demand, type Permission } from '../access/actor.ts'
import { approvalRefusals } from '../approvals/refusals.ts'
import { versionRefusals } from '../base/history.ts'
import type { Json } from '../base/json.ts'
import { type KeyedAnswer, keyRefusals } from '../base/keyed.ts'
import { Refusal, undeclared } from '../base/refusal.ts'
import { type Act, act } from '../ledger/act.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { ledgerRefusals } from '../ledger/refusals.ts'

/** What a verb works with, inside its transaction. */
export type Doing<Before = undefined> = Act & {
  readonly ledger: Ledger
  readonly actor: Actor
  /** What `before` found. */
  readonly before: Before
}

export type VerbDefinition<
  Of extends z.ZodObject,
  Form extends z.ZodType,
  Answer extends Json,
  Code extends string,
  Before,
  Version extends string = never,
> = {
  /** Under which name its keys are kept, such as `commitment.make`. It never changes. */
  readonly kind: string
  readonly right: Permission
  /** What the address of a request names. */
  readonly of: Of
  /** What the request carries. */
  readonly form: Form
  /**
   * Changes what the caller has read: what the version that was read is called, in what is given and in the content
   * under the key. By HTTP it is If-Match.
   */
  readonly versioned?: Version
  /**
   * What it refuses, in order of precedence, as the document lists it. Codes of every keyed action, of approvals and of
   * the ledger may come unlisted.
   */
  readonly refuses: readonly Code[]
  /**
   * What it refuses too, though the document does not list it yet: the published document stays as it is until clients
   * are told.
   */
  readonly alsoRefuses?: readonly string[]
  /** The content under the key, where it is not the encoded form. */
  readonly content?: (given: Given<Of, Form, Version>, before: Before) => Json
  /**
   * What must be known before the key is looked at: a book that is not the caller's does not exist, whatever was
   * answered before.
   */
  readonly before?: (ledger: Ledger, actor: Actor, given: Given<Of, Form, Version>) => Promise<Before>
  readonly work: (doing: Doing<Before>, given: Given<Of, Form, Version>) => Promise<Answer>
}

/**
 * What a verb is given: what the address names and what the request carries, as the forms read them, and the version
 * that was read. Without one (`undefined`) the verb changes what stands.
 */
export type Given<Of extends z.ZodObject, Form extends z.ZodType, Version extends string = never> = Named<
  z.output<Of>
> &
  z.output<Form> & { readonly [Name in NoInfer<Version>]: number | undefined }
// A strict object of nothing says that whatever else there is were `never`.
type Named<Fields> = Fields extends Record<string, never> ? unknown : Fields

/** A verb that can be called, and looked at by the doors. */
export type Verb<
  Of extends z.ZodObject,
  Form extends z.ZodType,
  Answer extends Json,
  Code extends string,
  Version extends string = never,
> = Readonly<
  Pick<
    VerbDefinition<Of, Form, Answer, Code, never, Version>,
    'kind' | 'right' | 'of' | 'form' | 'versioned' | 'refuses'
  >
> &
  ((ledger: Ledger, actor: Actor, given: Given<Of, Form, Version>, key: string) => Promise<KeyedAnswer<Answer>>)

/** Of a verb whose address names nothing. */
export const nothing = z.strictObject({})

/**
 * Of a verb whose request carries nothing. The type of an empty strict object would say that every field there is were
 * `never`.
 */
export const noContent = z.strictObject({}) as unknown as z.ZodType<object, object>

/**
 * Makes a verb. Calling it refuses `permission_denied`, `idempotency_key_reused` and what it declares; a refusal that
 * the state decided is the answer of its key.
 */
export function verb<
  Of extends z.ZodObject,
  Form extends z.ZodType,
  Answer extends Json,
  const Code extends string,
  Before = undefined,
  const Version extends string = never,
>(definition: VerbDefinition<Of, Form, Answer, Code, Before, Version>): Verb<Of, Form, Answer, Code, Version> {
  const { kind, right, of, form, versioned, refuses, alsoRefuses = [], content, before, work } = definition
  const declared = new Set<string>([...refuses, ...alsoRefuses, ...below])
  const run = async (
    ledger: Ledger,
    actor: Actor,
    given: Given<Of, Form, Version>,
    key: string,
  ): Promise<KeyedAnswer<Answer>> => {
    demand(actor, right)
    const found = (await before?.(ledger, actor, given)) as Before
    // A trial has no key, and may be given less than a request.
    const asked = ledger.isTrial ? null : content ? content(given, found) : encoded({ of, form, versioned }, given)
    return act(ledger, { person: actor.person, key, kind, content: asked, district: actor.district }, (running) =>
      work({ ...running, ledger, actor, before: found }, given),
    )
  }
  const watched = async (...asked: Parameters<typeof run>): Promise<KeyedAnswer<Answer>> => {
    try {
      const answer = await run(...asked)
      if ('refusal' in answer && !declared.has(answer.refusal.code)) undeclared(kind, answer.refusal.code)
      return answer
    } catch (error) {
      if (error instanceof Refusal && !declared.has(error.code)) undeclared(kind, error.code)
      throw error
    }
  }
  return Object.assign(watched, { kind, right, of, form, refuses, ...(versioned && { versioned }) })
}

/** What rooms below may refuse any verb with. */
const below = [keyRefusals, versionRefusals, approvalRefusals, ledgerRefusals]
  .flatMap(Object.keys)
  .concat('permission_denied')

type Forms = { readonly of: z.ZodObject; readonly form: z.ZodType; readonly versioned: string | undefined }

/** What was given as JSON, each value as its form writes it. */
function encoded({ of, form, versioned }: Forms, given: object): Json {
  const names = Object.keys(of.shape)
  const all = Object.entries(given)
  const inPath = all.filter(([name]) => names.includes(name))
  const inBody = all.filter(([name, value]) => !names.includes(name) && name !== versioned && value !== undefined)
  const [, version = null] = all.find(([name]) => name === versioned) ?? []
  return {
    ...(z.encode(of, Object.fromEntries(inPath) as never) as { [key: string]: Json }),
    ...(versioned !== undefined && { [versioned]: version }),
    ...(z.encode(form, Object.fromEntries(inBody) as never) as { [key: string]: Json }),
  }
}
