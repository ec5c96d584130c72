/** Where a run is seen and how a person stops it: filled in by whoever has a terminal, or has none. */
import type {OpsError} from '../errors.ts'
import type {JournalEvent} from '../journal/events.ts'
import type {RunState} from '../journal/reduce.ts'
import type {VitalSigns} from '../riak/host/vital-signs.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import type {RunBaseline} from './status.ts'

/** What a person sees while something goes on. */
export type View = {
  readonly event: (event: JournalEvent) => void
  readonly snapshot: (snapshot: Snapshot) => void
  /** the last reading failed */
  readonly failed: (error: Error) => void
  readonly vitals: (signs: readonly VitalSigns[]) => void
  /** a line for the person: on a screen it waits until the screen is closed */
  readonly say: (text: string) => void
  readonly close: () => void
}

export type ViewRequest = {
  readonly title: string
  readonly cluster: string
  readonly onQuit: () => void
  /** what the keys do that only this view has */
  readonly keys: string
  /** a run that is taken up again, as its journal left it */
  readonly run?: RunState | undefined
  /** what was to move, where it is known */
  readonly baseline?: (snapshot: Snapshot) => RunBaseline | undefined
  /** ms since 1970; another one when something is shown again */
  readonly now?: () => number
  /** a transfer limit for all members; what became of it is said */
  readonly onLimit?: ((limit: number) => Promise<string>) | undefined
}

/** Ctrl-C and its kin, from when it is asked for until it is released. */
export type Stop = {
  readonly signal: AbortSignal
  /** as Ctrl-C does, for screens that read keys themselves */
  readonly ask: () => void
  /** what ended it, if anything did */
  readonly failure: () => OpsError | undefined
  readonly release: () => void
}

export type Stage = {
  /** a line of talk */
  readonly say: (text: string) => void
  /** a screen, or lines where none can be drawn */
  readonly view: (request: ViewRequest) => Promise<View>
  /** a screen, where one can be drawn */
  readonly screen: (request: ViewRequest) => Promise<View | undefined>
  /** @param onStop says what goes on without us, and how to come back */
  readonly stoppable: (onStop: () => void) => Stop
}
