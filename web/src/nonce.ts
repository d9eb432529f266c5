/**
 * Imported before anything else: antd writes most of its styles with the nonce it is given, but measures scroll bars
 * and locks the body with styles of its own. Every style element made here gets the nonce of the page.
 */
export const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? ''

const make = document.createElement.bind(document)
document.createElement = (name: string, options?: ElementCreationOptions) => {
  const element = make(name, options)
  if (name.toLowerCase() === 'style') element.setAttribute('nonce', nonce)
  return element
}
