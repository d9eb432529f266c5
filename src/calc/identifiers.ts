/** Check digits and forms of identifiers (rules.md §5.5). */
import { checkIdentifier, identifierKinds, identifierReasons } from '../policy/identifier.ts'
import { calculation } from './calculation.ts'
import { flag, form, oneOf, text } from './form.ts'

export const checkIdentifierCalculation = calculation({
  name: 'check-identifier',
  about: { zh: '校验统一社会信用代码、公民身份号码、区划代码、数电票号码', en: 'Check an identifier' },
  example: {
    oracle: 'O-82',
    input: { kind: 'credit_code', value: '91350100M000100Y44' },
    result: { valid: false, reason: 'check_digit' },
  },
  input: form({ kind: oneOf(identifierKinds, '种类', 'kind'), value: text('号码', 'the identifier') }),
  result: form({
    valid: flag('有效', 'valid'),
    reason: oneOf(identifierReasons, '首个不符之处', 'the first thing that is wrong').optional(),
  }),
  rule: checkIdentifier,
})
