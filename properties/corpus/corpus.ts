/** Where traces go that are kept for good, below the current folder, or in the package itself. */
export const CORPUS = 'traces/corpus';
