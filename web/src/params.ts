import { useParams } from '@tanstack/react-router'

/** What varies in the address of this page. */
export function useParam(name: string): string {
  const params: Readonly<Record<string, string | undefined>> = useParams({ strict: false })
  return params[name] ?? ''
}
