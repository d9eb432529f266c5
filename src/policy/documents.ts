/**
 * The documents that numbers and rules come from. A clause names one of these by key, so a typing error does not
 * compile; what is printed is the document's own number and the article.
 */
export type PolicyDocument = {
  readonly issuer: string
  /** 文号, or for a law its short name. */
  readonly number: string
  readonly title: string
  /** The day it was issued. */
  readonly date: string
}

export const documents = {
  'beijing-2022-28': {
    issuer: '北京市人民政府办公厅',
    number: '京政办发〔2022〕28号',
    title: '北京市老旧小区改造工作改革方案',
    date: '2022-11-09',
  },
  'government-accounting-2017-25': {
    issuer: '财政部',
    number: '财会〔2017〕25号',
    title: '政府会计制度——行政事业单位会计科目和报表',
    date: '2017-10-24',
  },
  'maintenance-fund-accounting-2020-7': {
    issuer: '财政部',
    number: '财会〔2020〕7号',
    title: '住宅专项维修资金会计核算办法',
    date: '2020-04-20',
  },
  'enterprise-accounting-2006-18': {
    issuer: '财政部',
    number: '财会〔2006〕18号',
    title: '企业会计准则——应用指南',
    date: '2006-10-30',
  },
  'provident-fund-accounting-1999-33': {
    issuer: '财政部',
    number: '财会字〔1999〕33号',
    title: '住房公积金会计核算办法',
    date: '1999-09-23',
  },
  'accounting-law': {
    issuer: '全国人民代表大会常务委员会',
    number: '会计法',
    title: '中华人民共和国会计法',
    date: '2024-06-28',
  },
  'internal-control-2012-21': {
    issuer: '财政部',
    number: '财会〔2012〕21号',
    title: '行政事业单位内部控制规范（试行）',
    date: '2012-11-29',
  },
  'accounting-software-2024-12': {
    issuer: '财政部',
    number: '财会〔2024〕12号',
    title: '会计软件基本功能和服务规范',
    date: '2024-07-29',
  },
  'budget-law': {
    issuer: '全国人民代表大会常务委员会',
    number: '预算法',
    title: '中华人民共和国预算法',
    date: '2018-12-29',
  },
  'budget-law-regulation': {
    issuer: '国务院',
    number: '预算法实施条例',
    title: '中华人民共和国预算法实施条例',
    date: '2020-08-03',
  },
  'property-regulation': {
    issuer: '北京市人民代表大会常务委员会',
    number: '北京市物业管理条例',
    title: '北京市物业管理条例',
    date: '2024-03-29',
  },
  'civil-code': {
    issuer: '全国人民代表大会',
    number: '民法典',
    title: '中华人民共和国民法典',
    date: '2020-05-28',
  },
  'provident-fund-regulation': {
    issuer: '国务院',
    number: '住房公积金管理条例',
    title: '住房公积金管理条例',
    date: '2019-03-24',
  },
  'provident-fund-notice-2022': {
    issuer: '北京住房公积金管理中心、北京市住房和城乡建设委员会',
    number: '《关于住房公积金支持北京老旧小区综合整治的通知》',
    title: '关于住房公积金支持北京老旧小区综合整治的通知',
    date: '2022-01-12',
  },
  'progress-payment-2022-183': {
    issuer: '财政部、住房和城乡建设部',
    number: '财建〔2022〕183号',
    title: '关于完善建设工程价款结算有关办法的通知',
    date: '2022-06-14',
  },
  'retention-2017-138': {
    issuer: '住房和城乡建设部、财政部',
    number: '建质〔2017〕138号',
    title: '建设工程质量保证金管理办法',
    date: '2017-06-20',
  },
  'construction-cost-2016-504': {
    issuer: '财政部',
    number: '财建〔2016〕504号',
    title: '基本建设项目建设成本管理规定',
    date: '2016-07-06',
  },
  'small-business-payments': {
    issuer: '国务院',
    number: '保障中小企业款项支付条例',
    title: '保障中小企业款项支付条例',
    date: '2025-03-17',
  },
  'interest-settlement-2005-129': {
    issuer: '中国人民银行',
    number: '银发〔2005〕129号',
    title: '关于人民币存贷款计结息问题的通知',
    date: '2005-05-27',
  },
  'holidays-regulation': {
    issuer: '国务院',
    number: '全国年节及纪念日放假办法',
    title: '全国年节及纪念日放假办法',
    date: '2024-11-10',
  },
  'credit-code-standard': {
    issuer: '国家质量监督检验检疫总局、国家标准化管理委员会',
    number: 'GB 32100-2015',
    title: '法人和其他组织统一社会信用代码编码规则',
    date: '2015-09-17',
  },
  'citizen-id-standard': {
    issuer: '国家质量技术监督局',
    number: 'GB 11643-1999',
    title: '公民身份号码',
    date: '1999-01-19',
  },
  'district-code-standard': {
    issuer: '国家质量监督检验检疫总局、国家标准化管理委员会',
    number: 'GB/T 2260',
    title: '中华人民共和国行政区划代码',
    date: '2007-11-14',
  },
  'einvoice-announcement-2024-11': {
    issuer: '国家税务总局',
    number: '国家税务总局公告2024年第11号',
    title: '关于推广应用全面数字化电子发票的公告',
    date: '2024-11-12',
  },
  'central-subsidy-2024': {
    issuer: '财政部、住房和城乡建设部',
    number: '中央财政城镇保障性安居工程补助资金管理办法',
    title: '中央财政城镇保障性安居工程补助资金管理办法',
    date: '2024-04-15',
  },
  // Two honest sources for what no statute fixes: figures that were published somewhere, and values chosen for trials.
  'published-figures': {
    issuer: '公开报道与发行文件',
    number: '公开资料',
    title: '已公开的补贴标准、发行惯例与分摊方案（出处见规则底稿第9节）',
    date: '2022-11-09',
  },
  'trial-parameters': {
    issuer: '一本账项目组',
    number: '示例参数',
    title: '条款—能力—验收基准：示例政策参数与计算约定（可改，不代表现行政策）',
    date: '2022-11-09',
  },
} as const satisfies Record<string, PolicyDocument>

export type DocumentKey = keyof typeof documents

export type Clause = { readonly document: DocumentKey; readonly article: string }

export const clause = (document: DocumentKey, article: string): Clause => ({ document, article })

/** 京政办发〔2022〕28号 第（二十五）条: how a clause is printed everywhere. */
export function clauseText({ document, article }: Clause): string {
  return `${documents[document].number} ${article}`
}
