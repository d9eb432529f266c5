import { nonce } from './nonce.ts'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { ConfigProvider } from 'antd'
import zhCN from 'antd/locale/zh_CN'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from './api/problem.ts'
import { makeRouter } from './routes.tsx'
import { UnitProvider } from './style/unit.tsx'
import { useAntdTheme } from './style/theme.ts'
import './style/base.css'
import './style/page.css'
import './style/charts.css'
import './style/paper.css'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A refusal stays one; silence may be weather.
      retry: (count, error) => count < 2 && !(error instanceof Problem && !error.isSilence),
      staleTime: 10_000,
    },
  },
})
const router = makeRouter()

function Console() {
  const theme = useAntdTheme()
  return (
    <ConfigProvider
      locale={zhCN}
      theme={theme}
      csp={{ nonce }}
      button={{ autoInsertSpace: false }}
      wave={{ disabled: true }}
    >
      <UnitProvider>
        <RouterProvider router={router} />
      </UnitProvider>
    </ConfigProvider>
  )
}

const place = document.getElementById('root')
if (place)
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Console />
      </QueryClientProvider>
    </StrictMode>,
  )
