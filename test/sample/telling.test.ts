/** What is told of the loading: a line a second at most, whatever is reported, and what each part took at the end. */
import { expect, it } from 'vitest'
import { tellSample } from '../../src/sample/telling.ts'

it('tells what it is at and how far, a line a second, and at the end what each part took', () => {
  let ms = 0
  const lines: string[] = []
  const { told, ended } = tellSample(
    (line) => lines.push(line),
    () => ms,
  )
  const [first, second] = [
    { zh: '登记', en: 'register' },
    { zh: '方案', en: 'plans' },
  ]
  ms = 400
  told({ ...first, done: undefined, of: undefined }, 1, 2)
  ms = 900
  told({ ...second, done: undefined, of: undefined }, 2, 2)
  for (let done = 1; done <= 30; done++) {
    ms += 100
    told({ ...second, done, of: 30 }, 2, 2)
  }
  expect(lines).toEqual([
    '示例 / sample 1/2：登记 / register（0.4 s）',
    '示例 / sample 2/2：方案 / plans 5/30（1.4 s）',
    '示例 / sample 2/2：方案 / plans 15/30（2.4 s）',
    '示例 / sample 2/2：方案 / plans 25/30（3.4 s）',
  ])
  expect(ended()).toEqual({ seconds: 3.9, parts: 'books 0.4, 1 0.5, 2 3' })
})
