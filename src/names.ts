/**
 * What nodes and locations may be called, in an inventory, a file or an answer alike. Names go into commands, files
 * and pages, so whoever says another is not believed: none begins with `-`, which a command would take for an option.
 */

/** `riak@10.20.0.11`: a part of patterns for what Riak prints */
export const nodeNamePattern = '[A-Za-z0-9_][A-Za-z0-9_-]*@[A-Za-z0-9][A-Za-z0-9.-]*'

/** the longest atom that Erlang has */
export const longestNodeName = 255

const wholeNodeName = new RegExp(`^${nodeNamePattern}$`)

export const isNodeName = (text: string): boolean =>
  text.length <= longestNodeName && wholeNodeName.test(text)

export const longestLocation = 500

/** `rack-1`: what ringup may set is a text of one line */
export const locationPattern = /^(?!-)[^\p{Cc}\p{Cs}]+$/u

export const clusterNamePattern = `${nodeNamePattern}/\\d{1,15}\\.\\d{6}`

const wholeClusterName = new RegExp(`^${clusterNamePattern}$`)

export const isClusterName = (text: string): boolean => wholeClusterName.test(text)

/** What a cluster has already may hold any character, which is then seen and not obeyed; but it is no option either. */
export const heldLocationPattern = /^(?!-)/

export const isHeldLocation = (text: string): boolean =>
  text.length <= longestLocation && heldLocationPattern.test(text)
