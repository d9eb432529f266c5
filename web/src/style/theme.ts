/** Light and dark: as the system has it, or as chosen; the same tokens for antd and for our own styles. */
import { theme, type ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'

export type Choice = 'system' | 'light' | 'dark'
const place = 'yiben.theme'
const system = matchMedia('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()

const kept = (): Choice => {
  const choice = localStorage.getItem(place)
  return choice === 'light' || choice === 'dark' ? choice : 'system'
}
const isDark = (): boolean => (kept() === 'system' ? system.matches : kept() === 'dark')

function apply(): void {
  document.documentElement.dataset['theme'] = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}
apply()
system.addEventListener('change', apply)

export function chooseTheme(choice: Choice): void {
  localStorage.setItem(place, choice)
  apply()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useChoice = (): Choice => useSyncExternalStore(subscribe, kept)
export const useDark = (): boolean => useSyncExternalStore(subscribe, isDark)

const font =
  '"PingFang SC","Microsoft YaHei UI","Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC",system-ui,sans-serif'

const tokens = {
  light: {
    colorPrimary: '#1f5fa8',
    colorText: '#1b2733',
    colorTextSecondary: '#46525f',
    colorTextTertiary: '#5b6875',
    colorTextPlaceholder: '#66727f',
    colorTextDisabled: '#5b6875',
    colorBgLayout: '#f4f6f8',
    colorBgContainer: '#ffffff',
    colorBorder: '#b6c0cb',
    colorBorderSecondary: '#d9dee5',
    colorError: '#b3261e',
    colorErrorText: '#b3261e',
    colorLink: '#1f5fa8',
  },
  dark: {
    colorPrimary: '#7db2ee',
    colorTextLightSolid: '#0d1a28',
    colorText: '#e6ebf0',
    colorTextSecondary: '#b4bfca',
    colorTextTertiary: '#93a0ad',
    colorTextPlaceholder: '#93a0ad',
    colorTextDisabled: '#93a0ad',
    colorBgLayout: '#12181f',
    colorBgContainer: '#1a222b',
    colorBgElevated: '#1f2933',
    colorBorder: '#45525f',
    colorBorderSecondary: '#2f3a46',
    colorError: '#ff9a92',
    colorErrorText: '#ff9a92',
    colorLink: '#7db2ee',
  },
} as const

export function useAntdTheme(): ThemeConfig {
  const dark = useDark()
  return {
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: { ...tokens[dark ? 'dark' : 'light'], fontFamily: font, borderRadius: 4, motion: false },
    components: { Segmented: { itemColor: tokens[dark ? 'dark' : 'light'].colorTextSecondary } },
  }
}
