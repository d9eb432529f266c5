/**
 * For `npx drizzle-kit generate --custom --name …` (a new, empty migration) and `npx drizzle-kit check`. Migrations are
 * written by hand, with their guards and grants; each room's tables say in types what they make.
 */
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', out: './migrations', schema: './src/*/tables.ts' })
