/** `dist/about/`: what the package is made of, beside the code itself. Written before each `npm pack`. */
import {copyFileSync, mkdirSync, writeFileSync} from 'node:fs'
import {bundledPackages} from './bundled.ts'
import {licencesText} from './licences.ts'
import {root} from './root.ts'
import {sbomText} from './sbom.ts'

export const listNames = {
  licences: 'dist/about/THIRD-PARTY-LICENSES.txt',
  sbom: 'dist/about/sbom.cdx.json',
  /** all exact versions, those of the tools that build it too */
  lock: 'dist/about/package-lock.json',
}

export function writeLists(): void {
  const packages = bundledPackages()
  mkdirSync(`${root}dist/about`, {recursive: true})
  writeFileSync(root + listNames.licences, licencesText(packages))
  writeFileSync(root + listNames.sbom, sbomText(packages))
  copyFileSync(`${root}package-lock.json`, root + listNames.lock)
}
