export declare function isSigned(note?: string, signature?: string, key?: string): boolean
