/** `yiben calc --list` and `--schema`: data on stdout, and wrong usage told apart from a calculation that says no. */
import { Command, type CommanderError } from 'commander'
import { afterEach, expect, test, vi } from 'vitest'
import { calculations } from '../../src/calc/registry.ts'
import { calcCommand } from '../../src/cli/calc.ts'

afterEach(() => vi.restoreAllMocks())

async function run(...words: string[]): Promise<{ out: string; exitCode: number }> {
  const written: string[] = []
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  const program = new Command('yiben').exitOverride().configureOutput({ writeErr: () => undefined })
  calcCommand(program)
  try {
    await program.parseAsync(['calc', ...words], { from: 'user' })
  } catch (thrown) {
    return { out: written.join(''), exitCode: (thrown as CommanderError).exitCode }
  }
  return { out: written.join(''), exitCode: 0 }
}

test('--list names every calculation, a line each', async () => {
  const { out } = await run('--list')
  const names = out
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split(' ')[0])
  expect(names).toEqual(calculations.map(({ name }) => name))
})

test('--schema prints the JSON Schema of input and output', async () => {
  const schema = JSON.parse((await run('--schema', 'interest-subsidy')).out) as Record<string, object>
  expect(Object.keys(schema)).toEqual(['calc', 'description', 'example', 'input', 'output'])
  expect(schema.input).toMatchObject({ type: 'object', additionalProperties: false })
})

test('an unknown name is wrong usage', async () => {
  expect(await run('--schema', 'nope')).toEqual({ out: '', exitCode: 2 })
})
