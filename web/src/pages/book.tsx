/** One book: its balances on two clocks, statements, entries, accounts, months, proof; each under its own address. */
import { A } from '../address.tsx'
import { useRead } from '../api/read.ts'
import { useParam } from '../params.ts'
import { type BookTab, bookTabs, paths } from '../paths.ts'
import { ProblemNote } from '../form/problem-note.tsx'
import { Head } from '../style/head.tsx'
import { useTerms } from '../terms.ts'
import { BookAccounts } from './book-accounts.tsx'
import { BookEntries } from './book-entries.tsx'
import { BookPeriods } from './book-periods.tsx'
import { BookProof } from './book-proof.tsx'
import { BookStatement } from './book-statement.tsx'
import { BookTrial } from './book-trial.tsx'

const names: Readonly<Record<BookTab, string>> = {
  trial: '科目余额表',
  statement: '明细账',
  entries: '凭证',
  accounts: '科目',
  periods: '期间与年结',
  proof: '证明',
}

export default function Book() {
  const book = useParam('book')
  const given = useParam('tab')
  const tab = bookTabs.find((one) => one === given) ?? 'trial'
  const { name } = useTerms()
  const { data, error, refetch } = useRead('readBook', { path: { book } })
  if (error) return <ProblemNote error={error} retry={() => void refetch()} />
  return (
    <>
      <Head
        title={`${names[tab]} ${book}`}
        sub={data && `${data.name} · ${name('standards', data.standard)} · ${name('districts', data.district)}`}
      />
      <nav className="tabs" aria-label="账簿">
        {bookTabs.map((one) => (
          <A key={one} href={paths.book(book, one)} aria-current={one === tab ? 'page' : undefined}>
            {names[one]}
          </A>
        ))}
      </nav>
      {tab === 'trial' && <BookTrial book={book} />}
      {tab === 'statement' && <BookStatement book={book} />}
      {tab === 'entries' && <BookEntries book={book} />}
      {tab === 'accounts' && <BookAccounts book={book} />}
      {tab === 'periods' && <BookPeriods book={book} />}
      {tab === 'proof' && <BookProof book={book} />}
    </>
  )
}
