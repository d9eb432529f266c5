/** Proof without an account: a voucher's proof dropped here is checked in the browser, and nothing is sent. */
import { useState } from 'react'
import { ProblemNote } from '../form/problem-note.tsx'
import { Steps } from '../proof/proof-card.tsx'
import { type EntryProof, type Step, verifyEntry } from '../proof/verify.ts'

const isProof = (value: unknown): value is EntryProof =>
  value !== null &&
  typeof value === 'object' &&
  ['leaf', 'leafHash', 'index', 'size', 'path', 'head'].every((name) => name in value)

export default function Verify() {
  const [steps, setSteps] = useState<readonly Step[]>()
  const [failed, setFailed] = useState<unknown>()
  const look = async (file: File | undefined) => {
    if (!file) return
    setFailed(undefined)
    setSteps(undefined)
    const value: unknown = JSON.parse(await file.text())
    if (!isProof(value)) throw new Error('文件不是凭证证明（GET /v1/entries/{id}/proof 的答复）。')
    setSteps(await verifyEntry(value))
  }
  const take = (file: File | undefined) => void look(file).catch(setFailed)
  return (
    <main
      className="door"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        take(event.dataTransfer.files[0])
      }}
    >
      <h1>核验证明</h1>
      <p>把凭证的证明文件（JSON）拖到本页，或在此选择。核验全部在本机进行，文件不会发往任何地方，也无须登录。</p>
      <p>
        <label>
          证明文件{' '}
          <input type="file" accept=".json,application/json" onChange={(event) => take(event.target.files?.[0])} />
        </label>
      </p>
      {failed !== undefined && <ProblemNote error={failed} />}
      {steps && (
        <section className="card" aria-label="核验结果">
          <Steps steps={steps} />
        </section>
      )}
      <p className="note">证据包（zip）请用包内的 verify.mjs 在装有 Node 的机器上核验。</p>
    </main>
  )
}
