/** The programs of this machine that practice hosts carry out ringup's own scripts with: what POSIX has, and `find -mmin`. */
import {spawnSync} from 'node:child_process'
import {OpsError} from '../../errors.ts'

/** Prints what is missing, a word a line. */
const script = `
PATH="$PATH:/usr/bin:/bin"
export PATH
for program; do command -v "$program" >/dev/null || echo "$program"; done
if command -v find >/dev/null; then find / -prune -mmin +1 >/dev/null 2>&1 || echo "find that knows -mmin"; fi
`.trim()

const programs = ['date', 'dd', 'find', 'ls', 'rm', 'rmdir', 'sed', 'touch', 'tr']

/** Throws an `OpsError` (exit 3) that names what this machine lacks. */
export function refuseWithoutPrograms(): void {
  const {status, stdout} = spawnSync('sh', ['-c', script, 'sh', ...programs], {
    encoding: 'utf8',
    env: {PATH: process.env.PATH},
  })
  const missing = status === 0 ? stdout.split('\n').filter(line => line !== '') : ['sh']
  if (missing.length === 0) return
  throw new OpsError('refused', `practice hosts need programs that are not in PATH: ${missing.join(', ')}`, {
    hint: 'put the folder that has them into PATH; any POSIX system has them, and so has busybox',
    facts: {missing},
  })
}
