import {homedir} from 'node:os'
import {describe, expect, it} from 'vitest'
import {labFolder} from '../../../src/lab/server/lab-folder.ts'
import {stateDir} from '../../../src/state/state-dir.ts'

const usual = `${homedir()}/.local/state/ringup`

describe('the folder where state is kept', () => {
  it.each([
    ['nothing is set', {}, usual],
    ['XDG_STATE_HOME is absolute', {XDG_STATE_HOME: '/var/state'}, '/var/state/ringup'],
    ['XDG_STATE_HOME is relative', {XDG_STATE_HOME: 'state'}, usual],
    ['XDG_STATE_HOME begins with ~, which no shell has expanded', {XDG_STATE_HOME: '~/state'}, usual],
    ['XDG_STATE_HOME is empty', {XDG_STATE_HOME: ''}, usual],
    ['RINGUP_STATE_DIR is set', {RINGUP_STATE_DIR: '/srv/x', XDG_STATE_HOME: '/var/state'}, '/srv/x'],
    ['RINGUP_STATE_DIR is empty', {RINGUP_STATE_DIR: '', XDG_STATE_HOME: '/var/state'}, '/var/state/ringup'],
  ])('is right when %s', (_, environment, folder) => {
    expect(stateDir(environment)).toBe(folder)
  })

  it.each([
    ['nothing is set', undefined, {}, `${usual}/lab`],
    ['XDG_STATE_HOME is relative', undefined, {XDG_STATE_HOME: 'state'}, `${usual}/lab`],
    ['XDG_STATE_HOME is absolute', undefined, {XDG_STATE_HOME: '/var/state'}, '/var/state/ringup/lab'],
    ['RINGUP_LAB_DIR is set', undefined, {RINGUP_LAB_DIR: '/srv/lab'}, '/srv/lab'],
    ['--dir is given', '/tmp/lab', {RINGUP_LAB_DIR: '/srv/lab'}, '/tmp/lab'],
  ])("is right for the practice cluster's when %s", (_, given, environment, folder) => {
    expect(labFolder(given, environment)).toBe(folder)
  })
})
