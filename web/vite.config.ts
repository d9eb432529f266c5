import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

// Domestic desktop browsers are Chromium 100–120; top-level await would need more.
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  publicDir: false,
  build: {
    target: ['chrome100', 'firefox102', 'safari15.4'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_000,
    rolldownOptions: {
      output: {
        entryFileNames: 'assets/[hash].js',
        chunkFileNames: 'assets/[hash].js',
        assetFileNames: 'assets/[hash][extname]',
        // Without groups each small part becomes a request of its own.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(?:react|react-dom|scheduler|@tanstack)\// },
            // A form from a schema needs what the first page does not: lists to choose from.
            { name: 'house', test: /web\/src\/(?:(?:api|table|style)\/|form\/(?!schema-form))/ },
          ],
        },
      },
    },
  },
  // `npm run web`: the pages from here with hot reload, the API from the service.
  server: { port: 5173, proxy: { '/v1': { target: process.env['YIBEN_URL'] ?? 'http://127.0.0.1:8080' } } },
})
