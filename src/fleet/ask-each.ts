/** One way to ask many hosts. */
import {isOpsError, type OpsError} from '../errors.ts'
import type {Door} from '../riak/door.ts'
import type {Slots} from '../ssh/slots.ts'

export type AskEach<T> = {
  /** how many at once: shared by questions that are asked beside each other */
  readonly places: Slots
  /** what a host that could not be asked counts as; none: it is left out */
  readonly failed?: (door: Door, error: OpsError) => T | undefined
  /** called after each host */
  readonly onAnswer?: (answered: number, all: number) => void
}

/** Answers in the order of the doors. What is no `OpsError` is a bug, and ends it. */
export async function askEach<T>(
  doors: readonly Door[],
  ask: (door: Door) => Promise<T>,
  {places, failed = () => undefined, onAnswer = () => {}}: AskEach<T>,
): Promise<T[]> {
  let answered = 0
  const one = async (door: Door): Promise<T | undefined> => {
    try {
      return await ask(door)
    } catch (error) {
      if (!isOpsError(error)) throw error
      return failed(door, error)
    } finally {
      answered += 1
      onAnswer(answered, doors.length)
    }
  }
  const answers = await Promise.all(doors.map(door => places.within(() => one(door))))
  return answers.flatMap(answer => (answer === undefined ? [] : [answer]))
}
