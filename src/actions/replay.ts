/** What was read once, shown again at its own pace or faster: for training and for looking back. Asks no host. */
import {OpsError} from '../errors.ts'
import type {Memory} from '../records/memory.ts'
import {readReplay} from '../state/recording.ts'
import {pause} from '../timer.ts'
import {statusOf} from '../watch/status.ts'
import type {Talk} from './context.ts'

/** @param speed times as fast as it was */
export async function replay(
  {screen, show, stoppable}: Talk,
  name: string,
  {speed, memory}: {readonly speed: number; readonly memory: Memory},
): Promise<void> {
  const {file, title, cluster, moments, plan, committedAt} = readReplay(name, memory)
  const all = moments[Symbol.iterator]()
  const first = all.next()
  if (first.done) throw new OpsError('usage', `${file} holds no reading`)
  const interrupt = stoppable(() => {})
  const started = Date.now()
  // the time of what is shown, not of now
  const now = (): number => first.value.at + (Date.now() - started) * speed
  const baseline = plan && committedAt !== undefined ? {baseline: plan, committedAt} : undefined
  const onQuit = interrupt.ask
  const view = await screen({title, cluster, onQuit, keys: 'q: quit', baseline: () => baseline, now})
  try {
    for (let next: IteratorResult<typeof first.value> = first; !next.done; next = all.next()) {
      const moment = next.value
      const wait = (moment.at - now()) / speed
      if (wait > 0) await pause(wait, interrupt.signal)
      if (interrupt.signal.aborted) break
      if (moment.kind === 'event') view?.event(moment.event)
      else if (view) view.snapshot(moment.snapshot)
      else {
        const status = statusOf(cluster, moment.snapshot, {baseline})
        await show({kind: 'reading', status, news: true})
      }
    }
    // the end stays until it has been seen
    while (view && !interrupt.signal.aborted) await pause(250, interrupt.signal)
  } finally {
    interrupt.release()
    view?.close()
  }
}
