/** The districts as tiles, where they lie to each other; the figure stands in each, the colour says it once more. */
import { A } from '../address.tsx'

const places: Readonly<Record<string, readonly [column: number, row: number]>> = {
  110119: [1, 0],
  110116: [2, 0],
  110118: [3, 0],
  110114: [1, 1],
  110113: [2, 1],
  110117: [3, 1],
  110109: [0, 2],
  110108: [1, 2],
  110105: [2, 2],
  110112: [3, 2],
  110107: [0, 3],
  110102: [1, 3],
  110101: [2, 3],
  110111: [0, 4],
  110106: [1, 4],
  110115: [2, 4],
}

export type Tile = {
  readonly district: string
  readonly name: string
  /** Per mille; undefined where there is nothing to divide by. */
  readonly value: number | undefined
  readonly text: string
  readonly href: string
}

const bounds = [200, 400, 600, 800]
const stepOf = (value: number | undefined): number =>
  value === undefined ? 1 : bounds.filter((bound) => value >= bound).length + 1

export function Tiles({ tiles, label }: { tiles: readonly Tile[]; label: string }) {
  return (
    <>
      <div className="tiles" role="group" aria-label={label}>
        {tiles.map(({ district, name, value, text, href }) => {
          const place = places[district]
          if (!place) return null
          return (
            <A
              key={district}
              href={href}
              className={`tile step-${stepOf(value)}`}
              style={{ gridColumn: place[0] + 1, gridRow: place[1] + 1 }}
            >
              <span>{name}</span>
              <strong>{text}</strong>
            </A>
          )
        })}
      </div>
      <p className="note">深浅分五级：20%、40%、60%、80%。</p>
    </>
  )
}
