/**
 * Erlang expressions in words that reach a node whole. Start scripts of packages hand their words on to `su` or `sudo`,
 * some by way of a shell which would take `->` for a redirection and write a file; a word of letters, digits, brackets
 * that they quote and few signs more is the same to all of them.
 */

/** Nothing in it is a shell's, once `( ) { } "` are quoted, as all start scripts do that hand words to a shell. */
const plain = /^[A-Za-z0-9_:.,(){}"]*$/

const before =
  'element(2,erl_eval:exprs(element(2,erl_parse:parse_exprs(element(2,erl_scan:string(binary_to_list('
const after = '))))),erl_eval:new_bindings())).'

/** The same expression, or one that decodes and evaluates it there. @param expression ASCII, with the dot at its end */
export const carried = (expression: string): string =>
  plain.test(expression)
    ? expression
    : `${before}base64:decode("${Buffer.from(expression, 'latin1').toString('base64')}")${after}`

/** What such a word carries, for those who read it. */
export function uncarried(word: string): string {
  const [, text = ''] = /base64:decode\("([A-Za-z0-9+/=]*)"\)/.exec(word) ?? []
  const expression = Buffer.from(text, 'base64').toString('latin1')
  return text !== '' && word === carried(expression) ? expression : word
}
