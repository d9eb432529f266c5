/** Why a start cannot go on: told in a line. */

/** An applied migration is not the one in this program. */
export class MigrationFault extends Error {
  override readonly name = 'MigrationFault'
}

/** A start that cannot go on, and what a person does about it. */
export class StartFault extends Error {
  override readonly name: string = 'StartFault'

  constructor(zh: string, en: string) {
    super(`${zh} / ${en}`)
  }
}
