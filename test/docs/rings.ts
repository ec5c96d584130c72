/** The practice ring that each page of the documentation is about, where it is not a healthy one of five. */
import type {Lab, LabOptions} from '../../src/lab/server/start-lab.ts'

export type Stage = {
  readonly lab: Lab
  /** where the lines are run; `inventory.yaml` is there */
  readonly folder: string
  readonly run: (line: string) => Promise<{readonly code: number | null; readonly output: string}>
}

export type Ring = {
  readonly options?: LabOptions
  /** before the first line */
  readonly ready?: (stage: Stage) => Promise<void>
  /** before each line */
  readonly during?: (stage: Stage, command: string) => Promise<void>
}

export const rings: Readonly<Record<string, Ring>> = {}
