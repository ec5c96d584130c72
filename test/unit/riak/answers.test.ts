import {readFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {readMemberStatus} from '../../../src/riak/answers/member-status.ts'
import {readRingStatus} from '../../../src/riak/answers/ring-status.ts'
import {readRingReady} from '../../../src/riak/answers/ringready.ts'
import {readTransfers} from '../../../src/riak/answers/transfers.ts'
import {mutationTest} from '../../fuzz/riak.ts'
import {readHandoffDetails} from '../../support/answers/handoff-details.ts'
import {readCommand} from '../../support/read-recorded.ts'
import {summaryOf} from '../../support/summary-of-reading.ts'
import {allRecorded, recordedEpisode} from '../../support/transcripts.ts'

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8')

describe('readers of answers', () => {
  it('understand every answer that was recorded', () => {
    const unknown = allRecorded().flatMap(recorded => {
      const {reading} = readCommand(recorded.command, recorded, recorded.host)
      return reading.outcome === 'unknown'
        ? [`${recorded.episode} ${recorded.command.slice(0, 60)}: ${JSON.stringify(reading)}`]
        : []
    })

    expect(unknown).toEqual([])
  })

  // the file was held against the recordings by eye, and its counts against a count of lines
  it('say what the text says', () => {
    const expected = fixture('readings.txt').trim().split('\n')
    const read = expected.map(line => {
      const [episode = '', at = ''] = line.split(' ')
      const {command, host, ...answer} = recordedEpisode(episode)[Number(at)]!
      const {reader, reading} = readCommand(command, answer, host)
      return `${episode} ${at} ${command.slice(0, 60)} => ${summaryOf(reader, reading)}`
    })

    expect(expected.length).toBeGreaterThan(60)
    expect(read).toEqual(expected)
  })

  it('say nothing that a damaged answer does not', () => {
    const {wrong, values} = mutationTest({count: 6000, seed: 4})

    expect(wrong).toEqual([])
    expect(values).toBeGreaterThan(300)
  })
})

const recorded = (episode: string, command: string) =>
  recordedEpisode(episode).find(answer => answer.command === command)!

describe('a member table', () => {
  const text = recorded('05-grow-5to8', 'riak admin member-status')

  it('is not understood when a member is gone from it', () => {
    const stdout = text.stdout.replace(/^valid .*0\.13\n/m, '')

    expect(readMemberStatus({...text, stdout})).toMatchObject({
      outcome: 'unknown',
      problem: {expected: 'totals that agree with the table before this line'},
    })
  })

  it('is not understood with a state that is not known', () => {
    const stdout = text.stdout.replace('joining', 'dancing')

    expect(readMemberStatus({...text, stdout})).toMatchObject({
      outcome: 'unknown',
      problem: {expected: 'a member', line: expect.stringContaining('dancing')},
    })
  })

  it('is not taken for success when the command failed', () => {
    expect(readMemberStatus({...text, code: 1}).outcome).toBe('unknown')
    expect(readMemberStatus({...text, stdout: text.stdout.replace(/ok\n$/, 'error\n')}).outcome).toBe(
      'unknown',
    )
  })

  it('is read past the warning of a low limit of open files', () => {
    const warning = '!!!!\n!!!! WARNING: ulimit -n is 1024; 65536 is the recommended minimum.\n!!!!\n'

    expect(readMemberStatus({...text, stdout: warning + text.stdout}).outcome).toBe('read')
  })

  it('knows nodes by host names too, which Erlang prints without quotes', () => {
    const answer = {stdout: 'TRUE All nodes agree on the ring [riak@one,riak@two]\nok\n', stderr: '', code: 0}

    expect(readRingReady(answer)).toMatchObject({value: {nodes: ['riak@one', 'riak@two']}})
  })
})

describe('what is pending', () => {
  it('is shown without its progress where a node is down', () => {
    const stdout = recordedEpisode('05-grow-5to8')[12]!
      .stdout.split('\n')
      .map(line =>
        line.startsWith('Next Owner: riak@10.77.0.18') ? `${line}\n\n!!! riak@10.77.0.18 is DOWN !!!` : line,
      )
      .join('\n')
      .replace(
        /(Next Owner: \S+18\n\n!!!.*\n)([^-]*)/g,
        (_, head: string, body: string) => head + body.replace(/^ .*\n/gm, ''),
      )
    const reading = readRingStatus({stdout, stderr: '', code: 0})

    if (reading.outcome !== 'read') throw new Error(JSON.stringify(reading))
    expect(reading.value.pending).toHaveLength(24)
    expect(reading.value.pending.filter(({status}) => status === 'unknown').map(({to}) => to)).toEqual(
      Array(8).fill('riak@10.77.0.18'),
    )
  })

  it('has each transfer with its ends, its partition and its rate', () => {
    const answer = recordedEpisode('05-grow-5to8')[7]!

    expect(readTransfers(answer)).toMatchObject({
      outcome: 'read',
      value: {
        active: [
          {
            kind: 'ownership',
            module: 'riak_kv_vnode',
            index: '45671926166590716193865151022383844364247891968',
            from: 'riak@10.77.0.13',
            to: 'riak@10.77.0.18',
            objects: 2237,
            total: {count: 2786, unit: 'objects'},
            objectsPerSecond: 1038,
            bytesPerSecond: 5.59 * 1024 ** 2,
            done: 0.8,
          },
        ],
      },
    })
  })

  it('has a call that crashed on the node as such', () => {
    const crash = recordedEpisode('05-grow-5to8').find(({stdout}) => stdout.includes('json_encode'))!

    expect(readHandoffDetails(crash)).toMatchObject({outcome: 'crashed'})
  })
})
