import {describe, expect, it} from 'vitest'
import {readUnit, startWords} from '../../../src/riak/service.ts'

const there = {isThere: true}
const start = {start: 'daemon'} as const

describe('what starts a node', () => {
  it.each([
    ['its unit where there is one', {riak: ['sudo', 'riak']}, there, 'sudo systemctl start riak.service'],
    ['its unit, as root', {riak: ['sudo', '-u', 'riak', 'riak']}, there, 'sudo systemctl start riak.service'],
    ['its unit, by a login that is root', {riak: ['riak']}, there, 'systemctl start riak.service'],
    ['riak where there is none', {riak: ['sudo', 'riak']}, {isThere: false}, 'sudo riak daemon'],
    [
      'riak where the inventory says so',
      {riak: ['sudo', 'riak'], service: 'riak'},
      there,
      'sudo riak daemon',
    ],
    [
      'systemd where the inventory says so',
      {riak: ['sudo', 'riak'], service: 'systemd'},
      {isThere: false},
      'sudo systemctl start riak.service',
    ],
    [
      'a command of the inventory',
      {riak: ['sudo', 'riak'], service: ['sudo', 'service', 'riak']},
      there,
      'sudo service riak start',
    ],
  ] as const)('is %s', (_, door, unit, words) => {
    expect(startWords(door, unit, start).join(' ')).toBe(words)
  })
})

describe('what systemd shows of the unit', () => {
  it('is read on lines or in one', () => {
    const text =
      'LoadState=loaded\nUnitFileState=enabled\nActiveState=inactive\nLimitNOFILE=262144\nRestart=on-failure\n'
    const unit = {isThere: true, isEnabled: true, isActive: false, files: 262_144, restart: 'on-failure'}
    expect(readUnit(text)).toEqual(unit)
    expect(readUnit(text.replaceAll('\n', ' '))).toEqual(unit)
  })

  it('is no unit where there is none, or no systemd', () => {
    expect(readUnit('LoadState=not-found\nUnitFileState=\nActiveState=inactive\nRestart=no\n').isThere).toBe(
      false,
    )
    expect(readUnit('')).toEqual({
      isThere: false,
      isEnabled: false,
      isActive: false,
      files: undefined,
      restart: 'no',
    })
  })

  it('may have no limit at all', () => {
    expect(readUnit('LimitNOFILE=infinity').files).toBeGreaterThan(1e9)
  })
})
