/** Functions of hooks by the SHA-256 of their sources. */
export declare const HOOKS: Readonly<Record<string, unknown>>
