/** Instants in Beijing's time, as the service writes them: the day in lists, seconds on hover. */
export const timeText = (at: string): string => at.slice(0, 19).replace('T', ' ')

export const Day = ({ at }: { at: string | null | undefined }) =>
  at === null || at === undefined ? <>—</> : <time title={`${timeText(at)} 北京时间`}>{at.slice(0, 10)}</time>

export const Moment = ({ at }: { at: string }) => <time title={`${at} 北京时间`}>{timeText(at)}</time>
