/**
 * A folder with all that is in it, and the file of its name beside it; with "/" at its end, the folder alone; with ".ts", a file.
 * A room imports its own files, and what its row of the table says.
 */
export interface Room {
  readonly room: string
  /** Folders, which end with "/", and files of the tree. */
  readonly imports?: readonly string[]
  /** As `imports`, types only. */
  readonly types?: readonly string[]
  readonly packages?: readonly string[]
  /** Globals of a host that the room may use. */
  readonly has?: readonly string[]
  /** Parts of the language that the room may not use. */
  readonly lacks?: readonly ('Date' | 'async')[]
}

/** A room of `adapters/`, where every room belongs to one program. */
export interface AdapterRoom extends Room {
  /** The program of `adapters/` that holds the room. */
  readonly host: Exclude<HostGlobals, 'none' | 'page'>
}

/** Globals that a program has: of the language alone, of the web, of a page in a browser, of Node, or of workerd. */
export type HostGlobals = 'none' | 'web' | 'page' | 'node' | 'workerd'

/** A room that may import all but this. */
export interface OpenRoom {
  readonly room: string
  readonly refuses: readonly string[]
  /** Files that are allowed to import `node:`. */
  readonly nodeFiles?: readonly string[]
}
