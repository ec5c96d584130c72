/** The bill of materials, in CycloneDX JSON: npm makes it of the lock file, and what is not bundled is taken out. */
import {execFileSync} from 'node:child_process'
import {type Bundled, idOf} from './bundled.ts'
import {root} from './root.ts'

type Component = {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl: string
  readonly hashes?: readonly object[]
}

type Sbom = {
  readonly specVersion: string
  readonly metadata: {
    readonly tools: unknown
    readonly component: Component & {readonly description: string; readonly licenses: unknown}
  }
  readonly components: readonly Component[]
  readonly dependencies: readonly {readonly ref: string; readonly dependsOn: readonly string[]}[]
}

/** The same sources give the same text: no time, no random number, no address of a download. */
export function sbomText(packages: readonly Bundled[]): string {
  const words = [
    'sbom',
    '--sbom-format',
    'cyclonedx',
    '--package-lock-only',
    '--include=dev',
    '--loglevel=error',
  ]
  const made = JSON.parse(execFileSync('npm', words, {cwd: root, encoding: 'utf8'})) as Sbom
  const {'bom-ref': ref, version, description, purl, licenses} = made.metadata.component
  const bundled = new Map(packages.map(one => [idOf(one), one]))
  const components = made.components.filter(one => bundled.has(idOf(one)))
  if (components.length !== bundled.size) throw new Error('npm sbom knows not all packages of the bundle')
  const kept = new Set([ref, ...bundled.keys()])
  const sbom = {
    bomFormat: 'CycloneDX',
    specVersion: made.specVersion,
    version: 1,
    metadata: {
      tools: made.metadata.tools,
      component: {'bom-ref': ref, type: 'application', name: 'ringup', version, description, purl, licenses},
    },
    components: components.map(({name, version, purl, hashes, 'bom-ref': own}) => ({
      'bom-ref': own,
      type: 'library',
      name,
      version,
      scope: 'required',
      purl,
      hashes,
      licenses: [{expression: bundled.get(own)!.license}],
    })),
    dependencies: made.dependencies
      .filter(({ref}) => kept.has(ref))
      .map(({ref, dependsOn}) => ({ref, dependsOn: dependsOn.filter(one => kept.has(one))})),
  }
  return `${JSON.stringify(sbom, null, 2)}\n`
}
