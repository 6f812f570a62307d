"""Texts that nobody wrote for the library, by which encoders are gauged."""

PROBES = (
    ("全市新增企业工商登记信息", "本地新注册公司的基本情况，含名称、统一社会信用代码和经营范围"),
    ("高速公路断面车流量", "各路段过往车辆数量统计"),
    ("景区实时客流", "旅游景点当前在园游客人数"),
    ("农产品批发市场价格", "各地菜市场蔬菜水果每日成交价"),
    ("居民用电量", "家庭每月用了多少度电"),
    ("逐小时气温和降水", "气象站观测的天气实况"),
    ("脱敏电子病历", "去掉姓名的医院就诊记录"),
    ("二手房成交价", "存量住宅买卖行情"),
    ("企业专利清单", "公司拥有的知识产权"),
    ("货车行驶轨迹", "运输车辆的卫星定位记录"),
    ("污水排放在线监测", "工厂排污口的自动检测结果"),
    ("多轮对话语料", "训练聊天机器人用的问答文本"),
    ("小微企业贷款违约记录", "小公司还款逾期情况"),
    ("建筑物三维模型", "楼房的立体空间数据"),
    ("药品不良反应报告", "用药后出现副作用的病例"),
    ("企业用工和社保缴纳", "公司员工人数与参保情况"),
)
"""Pairs that say the same in other words; what stands in different pairs has little in common."""

ASKED = tuple(text for pair in PROBES for text in pair)
"""Something of every field that may be asked for: their mean stands for what all needs have in common."""
