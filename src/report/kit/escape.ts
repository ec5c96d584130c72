/** Text that somebody else wrote, made safe for HTML, SVG and Markdown. */
import {printable} from '../../printable.ts'

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** For text and for attributes in double quotes. */
export const html = (text: string): string => printable(text).replace(/[&<>"']/g, found => entities[found]!)

/**
 * For a cell or a line of Markdown: nothing in it is markup, mentions anyone or links to a page. An e-mail address may
 * still become a link to write to: names of nodes look like one, and must stay what can be copied.
 */
export const markdown = (text: string): string =>
  printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_[\]#!|~<>$]/g, found => (found === '<' ? '&lt;' : found === '>' ? '&gt;' : `\\${found}`))
    // a mention or a link that a page would make by itself is broken by a space of no width
    .replace(/(^|[^\w])@/g, '$1@\u200b')
    .replace(/\b(https?:|ftp:|mailto:|xmpp:|www\.)/gi, '$1\u200b')
    // an issue; the # of others is escaped above
    .replace(/\b(GH-)(?=\d)/gi, '$1\u200b')
