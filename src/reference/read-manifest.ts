/** What the build has written down of all commands. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Manifest} from './manifest.ts'

/** @param root the package's folder */
export const readManifest = (root: string): Manifest =>
  JSON.parse(readFileSync(join(root, 'oclif.manifest.json'), 'utf8')) as Manifest
