"""A small CSV with what real exchanges' files have: quotes, line breaks in cells, several industries, slips."""

COLUMNS = (
    "title,description,price,company,url,category,create_time,update_time,view_count,score,deal_time,new_category,"
    "category_aws"
)
SELLER = "贵州演示数据有限公司"
_REST = "2022-04-22T10:45:33+08:00,2022-05-01T08:00:00+08:00,10,4.5,2,制造业,Other"
_SITE = "https://exchange.example/market/detail"

ROWS = (
    # 0, lines 2 and 3: three industries, whose names hold 、 and one of which ends in a line break
    f'"气象""离线""数据","覆盖全域的气象要素监测数据，逐小时更新\n含温度、降水与风速",面议,{SELLER},{_SITE}/11,'
    f'"农、林、牧、渔业,批发和零售业\r\n,居民服务、修理和其他服务业",{_REST}',
    # 1
    f"新增企业名单,包含企业名称、统一社会信用代码、经营地址与登记机关,免费,{SELLER},{_SITE}/12,教育,{_REST}",
    # 2
    f"企业信用查询,按统一社会信用代码查询企业的信用评价与处罚,0.5元/次,{SELLER},{_SITE}/13,金融业,{_REST}",
    # 3: no such date, no seller
    f"坏日期,描述足够长的一条数据产品，但日期写错了,面议,,{_SITE}/14,教育,昨天,,10,4.5,2,制造业,Other",
    # 4: says the same as 1
    f"新增企业名单（年报）,包含企业名称、统一社会信用代码、 经营地址与登记机关,面议,{SELLER},{_SITE}/15,教育,{_REST}",
    # 5: its description is its title; its price would run as a formula
    f"逐月降水统计,逐月降水统计,=1+1,{SELLER},{_SITE}/16,教育,{_REST}",
    # 6: a cell too many
    f"=多一格,描述足够长的一条数据产品，但单元格多了,面议,{SELLER},{_SITE}/17,教育,{_REST},多余",
    # 7: the address of 2 again
    f"又一次信用查询,与第三条地址相同而内容不同的数据产品描述,面议,{SELLER},{_SITE}/13,金融业,{_REST}",
    # 8: no address to take a reference from, and no price
    f"没有网址的数据,没有网址因而按文字取编号的数据产品描述,,另一家公司,,其他,{_REST}",
)
LINES = (2, 5, 6, 7, 8, 9, 10, 11, 12)
"""Where each row begins: row 0 has two line breaks inside."""
GOOD, BAD = (0, 1, 2, 4, 5, 8), (3, 6, 7)

TEXT = "\n".join((COLUMNS, *ROWS)) + "\n"
