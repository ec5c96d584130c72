/** Every figure of the documentation, as the file it is. */
import {svg} from '../../src/report/kit/figure.ts'
import {conceptFigures} from './concept-figures.ts'
import {demoFigure} from './demo-figure.ts'

export type FigureFile = {
  /** below docs/figures */
  readonly name: string
  readonly content: string
}

export const docFigures = (): FigureFile[] =>
  [...conceptFigures(), demoFigure()].map(figure => ({name: `${figure.id}.svg`, content: svg(figure)}))
