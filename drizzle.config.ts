/** For `npx drizzle-kit generate --custom --name …` (a new, empty migration) and `npx drizzle-kit check`. */
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', out: './migrations' })
