/** Where money comes from and where it goes: bands that are links, as wide as their amounts. Geometry by d3-sankey. */
import { sankey, sankeyJustify, sankeyLinkHorizontal } from 'd3-sankey'
import { useGo } from '../address.tsx'
import { fenOf, shown, units } from '../money.ts'
import { useUnit } from '../style/unit.tsx'
import { drawn, type Flow, others } from './flows.ts'

type Naming = { readonly from: (code: string) => string; readonly to: (code: string) => string }
type Node = { readonly id: string; readonly side: 'from' | 'to'; readonly code: string }

const [width, height] = [760, 380]
/** Where nodes and bands lie. */
function layout(links: readonly Flow[]) {
  const nodes: Node[] = [
    ...[...new Set(links.map(({ from }) => from))]
      // By their codes; what is joined stands last.
      .toSorted((a, b) => Number(a === others) - Number(b === others) || (a < b ? -1 : 1))
      .map((code) => ({ id: `from ${code}`, side: 'from' as const, code })),
    ...[...new Set(links.map(({ to }) => to))].map((code) => ({ id: `to ${code}`, side: 'to' as const, code })),
  ]
  return sankey<Node, Flow>()
    .nodeId(({ id }) => id)
    .nodeAlign(sankeyJustify)
    .nodeSort(null)
    .nodeWidth(12)
    .nodePadding(16)
    .extent([
      [220, 8],
      [width - 200, height - 8],
    ])({
    nodes: nodes.map((node) => ({ ...node })),
    // The picture may be drawn by rounded numbers: only widths come of them.
    links: links.map((flow) => ({
      ...flow,
      source: `from ${flow.from}`,
      target: `to ${flow.to}`,
      value: Number(fenOf(flow.amount)),
    })),
  })
}

export function Sankey({ flows, naming: given, label }: { flows: readonly Flow[]; naming: Naming; label: string }) {
  const { unit } = useUnit()
  const go = useGo()
  const naming: Naming = { ...given, from: (code) => (code === others ? '其他' : given.from(code)) }
  const links = drawn(flows)
  if (links.length === 0) return <p className="empty">没有可以画出的金额。</p>
  const graph = layout(links)
  const path = sankeyLinkHorizontal<Node, Flow>()
  const money = (amount: string) => shown(fenOf(amount), unit)
  const open = (href: string) => (event: { preventDefault(): void }) => {
    event.preventDefault()
    go(href)
  }
  const sumOf = (node: Node) =>
    links
      .filter((flow) => (node.side === 'from' ? flow.from : flow.to) === node.code)
      .reduce((sum, { amount }) => sum + fenOf(amount), 0n)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="group" aria-label={label} className="sankey">
      {graph.links.map((link) => (
        <a
          key={`${link.from} ${link.to}`}
          href={link.href}
          onClick={open(link.href)}
          aria-label={`${naming.from(link.from)}到${naming.to(link.to)} ${money(link.amount)} ${units[unit]}`}
        >
          <path
            d={path(link) ?? ''}
            className={`band f${link.from[1] ?? '9'}`}
            strokeWidth={Math.max(1, link.width ?? 1)}
          />
        </a>
      ))}
      {graph.nodes.map((node) => {
        const { x0 = 0, x1 = 0, y0 = 0, y1 = 0 } = node
        const left = node.side === 'from'
        return (
          <g key={node.id}>
            <rect
              x={x0}
              y={y0}
              width={x1 - x0}
              height={Math.max(1, y1 - y0)}
              className={left ? `node f${node.code[1] ?? '9'}` : 'node'}
            />
            <text
              x={left ? x0 - 8 : x1 + 8}
              y={(y0 + y1) / 2}
              textAnchor={left ? 'end' : 'start'}
              dominantBaseline="middle"
            >
              {left ? naming.from(node.code) : naming.to(node.code)}{' '}
              <tspan className="amount">{shown(sumOf(node), unit)}</tspan>
            </text>
          </g>
        )
      })}
    </svg>
  )
}
