/**
 * What a spreadsheet would take for a formula (ASVS 1.2.10): a cell that begins with one of the signs, in whatever
 * spelling East Asian editions read as it (full-width and small forms), whatever blanks stand before. Such a cell is
 * written behind an apostrophe, which the spreadsheet hides; where it comes back in, the apostrophe is taken off again.
 */
const signs = new Set(['=', '+', '-', '@', '\u2212'])
// Blanks, controls and what has no width: spreadsheets pass over them, so the first sign may stand behind.
const passedOver = /^[\s\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]+/u

// A text that begins with apostrophes itself gets one more, so that taking one off gives back what there was.
function isFormula(text: string): boolean {
  const bare = text.replace(/^'+/, '')
  const [first = ''] = bare.replace(passedOver, '')
  return /^[\t\r\n]/.test(bare) || signs.has(first.normalize('NFKC'))
}

export const defused = (text: string): string => (isFormula(text) ? `'${text}` : text)

export const undefused = (text: string): string => (text.startsWith("'") && isFormula(text) ? text.slice(1) : text)
