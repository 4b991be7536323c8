/** The name of the package. */
export const NAME = 'batuta'
/** The same as in package.json; a test compares them. */
export const VERSION = '0.1.0'
