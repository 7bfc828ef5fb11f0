import type { Browser } from 'playwright-core';

export declare function findChromium(): string | null;
export declare function launchChromium(executablePath: string): Promise<Browser>;
