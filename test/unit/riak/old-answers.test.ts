import {describe, expect, it} from 'vitest'
import {inNewWords} from '../../../src/riak/dialect.ts'
import {obstacleIn} from '../../../src/riak/way-in.ts'
import {oldAnswers, readings} from '../../support/old-answers.ts'
import {readCommand} from '../../support/read-recorded.ts'
import {summaryOf} from '../../support/summary-of-reading.ts'

const shows = readings()

describe('answers of older releases', () => {
  it.each(oldAnswers().map(one => [one.name, one] as const))(
    '%s',
    (name, {command, answer, host, dialect}) => {
      const {reader, reading} = readCommand(command, inNewWords(answer, dialect), host)
      const [outcome, value] = shows.get(name)!

      expect(reading.outcome).toBe(outcome)
      expect(summaryOf(reader, reading)).toBe(value)
      expect(obstacleIn(answer)).toBeUndefined()
    },
  )

  it('are all there', () => {
    expect(oldAnswers().map(({name}) => name)).toEqual([...shows.keys()])
  })
})
