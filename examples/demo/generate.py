#!/usr/bin/env python3
"""Writes the demonstration data of examples/demo/data: a year of an invented group of companies in four systems.

Deterministic: the same bytes with every run. Python's standard library only. The output is committed, so that `make demo` needs no Python.
All companies, people and numbers are invented; telephone numbers are from ranges kept for fiction where a country has one.
"""
import datetime
import json
import pathlib
import random
from decimal import ROUND_HALF_UP, Decimal

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "data"
SEED = 20261031
FIRST, LAST = datetime.date(2025, 11, 3), datetime.date(2026, 10, 24)
AS_OF = datetime.date(2026, 10, 31)
EXTRACTS = [datetime.date(2026, 4, 30), datetime.date(2026, 10, 31)]
TRADE_ORDERS, SHOP_ORDERS = 84, 36

PRODUCTS = [  # article, name, price in CNY
    ("WB-1010", "Torque wrench 10-60 Nm", "648.00"),
    ("WB-1020", "Torque wrench 40-200 Nm", "918.00"),
    ("WB-2105", "Digital caliper 150 mm", "268.00"),
    ("WB-2110", "Digital caliper 300 mm", "452.00"),
    ("WB-2300", "Dial indicator 0.01 mm", "196.00"),
    ("WB-3001", "Vibration sensor IEPE", "1380.00"),
    ("WB-3002", "Temperature probe PT100", "214.50"),
    ("WB-3010", "Pressure transmitter 16 bar", "876.00"),
    ("WB-4100", "Bench vice 125 mm", "735.00"),
    ("WB-4200", "Hex key set, 9 pieces", "88.80"),
    ("WB-5000", "Calibration certificate", "320.00"),
    ("WB-6100", "Data logger, 8 channels", "2460.00"),
]
RATE = {"CNY": "1", "JPY": "21", "EUR": "0.128", "GBP": "0.109", "USD": "0.139", "TWD": "4.4"}
TAX = {"CN": "0.13", "JP": "0.10", "TW": "0.05", "DE": "0.19", "FR": "0.20", "GB": "0.20", "US": "0.00"}
CURRENCY = {"CN": "CNY", "JP": "JPY", "TW": "TWD", "DE": "EUR", "FR": "EUR", "GB": "GBP", "US": "USD"}

# One customer: the ways its name is written in the CRM, the ERP and finance (the shop in "shop"), and what else is known.
# fmt: off
CUSTOMERS = [
    dict(kind="O", country="JP", crm="株式会社霧島計測", erp="霧島計測株式会社", fin="㈱霧島計測", shop="ｷﾘｼﾏｹｲｿｸ", kana="キリシマケイソク", street="霧が丘2-8-15",
         street2="霧が丘２丁目８番１５号", city="鹿児島市", zip="890-0001", phone="099-555-0142", phone2="+81 99 555 0142", mail="kobai@kirishima-keisoku.example",
         tax="T7340001000042"),
    dict(kind="O", country="CN", crm="杭州青梔儀器有限公司", erp="杭州青栀仪器有限公司", fin="杭州青栀仪器有限公司", street="文澜路88号", city="杭州市", zip="310012",
         phone="0571-5550-1188", phone2="＋８６　５７１　５５５０１１８８", mail="caigou@qingzhi.example", tax="91330100MA0DEMO01X"),
    dict(kind="O", country="CN", crm="苏州白鹭精密机械有限公司", erp="蘇州白鷺精密機械有限公司", fin="苏州白鹭精密机械（有限公司）", street="星澜街16号3幢", city="苏州市",
         zip="215021", phone="0512-5550-2216", phone2="0512 55502216", mail="order@bailu-jm.example", tax="91320500MA0DEMO02Y", twice="苏州白鹭精密机械"),
    dict(kind="O", country="CN", crm="成都云雀食品机械有限公司", erp="成都云雀食品机械有限公司", fin="成都云雀食品機械有限公司", street="锦绣东路201号", city="成都市", zip="610065",
         phone="028-5550-3301", phone2="+862855503301", mail="purchase@yunque.example", tax="91510100MA0DEMO03Z"),
    dict(kind="O", country="CN", crm="深圳市蓝鲸光电科技有限公司", erp="深圳蓝鲸光电科技有限公司", fin="深圳市藍鯨光電科技有限公司", shop="蓝鲸光电", street="科苑北路1500号B座", city="深圳市",
         zip="518057", phone="0755-5550-4466", phone2="0755 5550 4466", mail="scm@lanjing-opto.example", tax="91440300MA0DEMO04A"),
    dict(kind="O", country="CN", crm="青岛海棠泵业有限公司", erp="青岛海棠泵业有限公司", fin="青島海棠泵業有限公司", street="澳门路77号", city="青岛市", zip="266071",
         phone="0532-5550-5570", phone2="053255505570", mail="office@haitang-pump.example", tax="91370200MA0DEMO05B"),
    dict(kind="O", country="TW", crm="晨霧貿易股份有限公司", erp="晨雾贸易股份有限公司", fin="晨霧貿易股份有限公司", street="松濤路三段45號", city="臺北市", zip="106", phone="02-5550-6681",
         phone2="+886 2 5550 6681", mail="service@chenwu.example", tax="55500667"),
    dict(kind="O", country="JP", crm="有限会社みなと製作所", erp="みなと製作所有限会社", fin="㈲みなと製作所", kana="ミナトセイサクショ", street="潮見町3-4-21", street2="潮見町３－４－２１",
         city="静岡市", zip="420-0001", phone="054-555-0177", phone2="054(555)0177", mail="info@minato-ss.example", tax="T9080001000055"),
    dict(kind="O", country="JP", crm="三日月精工株式会社", erp="株式会社三日月精工", fin="三日月精工㈱", kana="ミカヅキセイコウ", street="朝日台1-12-5", city="松本市", zip="390-0001",
         phone="0263-55-0129", phone2="+81263550129", mail="shiire@mikazuki-seiko.example", tax="T1100001000066"),
    dict(kind="O", country="JP", crm="合同会社ハネノキ", erp="ハネノキ合同会社", fin="合同会社ﾊﾈﾉｷ", shop="ハネノキ", kana="ハネノキ", street="楡木4-7-9", city="札幌市", zip="060-0001",
         phone="011-555-0168", phone2="011-555-0168", mail="mail@hanenoki.example", tax="T4430003000077"),
    dict(kind="O", country="JP", crm="株式会社オトワ工房", erp="オトワ工房株式会社", fin="（株）オトワ工房", kana="オトワコウボウ", street="音羽台6-1-30", city="京都市", zip="607-8001",
         phone="075-555-0191", phone2="075 555 0191", mail="otowa@otowa-kobo.example", tax="T6130001000088"),
    dict(kind="O", country="DE", crm="Windholm Maschinenbau GmbH", erp="WINDHOLM MASCHINENBAU GMBH", fin="Windholm Maschinenbau G.m.b.H.", street="Erlenstraße 14",
         street2="Erlenstr. 14", city="Bremen", zip="28195", phone="030 23125 012", phone2="+49 30 23125012", mail="einkauf@windholm.example", tax="DE555000112"),
    dict(kind="O", country="DE", crm="Nordsee Kälte AG", erp="Nordsee Kaelte AG", fin="NORDSEE KÄLTE AG", street="Deichweg 3", city="Emden", zip="26721",
         phone="+49 30 23125 048", phone2="030-23125048", mail="einkauf@nordsee-kaelte.example", tax="DE555000128"),
    dict(kind="O", country="GB", crm="Ferrow & Tate Ltd.", erp="Ferrow and Tate Limited", fin="FERROW & TATE LIMITED", street="9 Larkspur Lane", city="Bristol", zip="BS1 4XX",
         phone="020 7946 0311", phone2="+44 20 7946 0311", mail="purchasing@ferrowtate.example", tax="GB555000934"),
    dict(kind="O", country="FR", crm="Atelier Brumeval SARL", erp="ATELIER BRUMEVAL S.A.R.L.", fin="Atelier Brumeval", street="12 rue des Ormes", city="Nantes", zip="44000",
         phone="01 99 00 12 76", phone2="+33 1 99 00 12 76", mail="achats@brumeval.example", tax="FR55500012745"),
    dict(kind="O", country="US", crm="Quillstone Robotics Inc.", erp="Quillstone Robotics, Incorporated", fin="QUILLSTONE ROBOTICS INC", street="410 Juniper Court",
         city="Boulder", zip="80301", phone="(303) 555-0114", phone2="+1 303 555 0114", mail="ap@quillstone.example", tax="55-5000147"),
    dict(kind="O", country="US", crm="Harlow Gauge Works LLC", erp="Harlow Gauge Works, L.L.C.", fin="HARLOW GAUGE WORKS LLC", street="77 Sycamore Street", city="Dayton",
         zip="45402", phone="(937) 555-0163", phone2="937-555-0163", mail="orders@harlowgauge.example", tax="55-5000163"),
    dict(kind="P", country="CN", crm="陈青岚", erp="陳青嵐", fin="陈青岚", shop="陈青岚", street="梧桐巷5号602室", city="南京市", zip="210008", phone="025-5550-7712",
         phone2="02555507712", mail="qinglan@post.example", tax=""),
    dict(kind="P", country="CN", crm="", erp="李晚舟", fin="李晚舟", shop="李晚舟", street="江汉四路27号", city="武汉市", zip="430014", phone="027-5550-8823", phone2="+86 27 5550 8823",
         mail="wanzhou.li@post.example", tax=""),
    dict(kind="P", country="JP", crm="佐倉みどり", erp="佐倉 みどり", fin="佐倉みどり", shop="サクラ ミドリ", kana="サクラミドリ", street="花見川2-3-1", city="千葉市", zip="262-0001",
         phone="043-555-0158", phone2="043(555)0158", mail="midori.sakura@post.example", tax=""),
    dict(kind="P", country="JP", crm="", erp="森本　航", fin="森本航", shop="森本 航", kana="モリモトワタル", street="青葉通5-5-12", city="仙台市", zip="980-0001", phone="022-555-0136",
         phone2="+81 22 555 0136", mail="w.morimoto@post.example", tax=""),
    dict(kind="P", country="DE", crm="Maren Oldeweg", erp="Oldeweg, Maren", fin="Maren Oldeweg", shop="maren oldeweg", street="Am Wehr 7", city="Celle", zip="29221",
         phone="030 23125 076", phone2="+49 30 23125076", mail="maren.oldeweg@post.example", tax=""),
    dict(kind="P", country="GB", crm="", erp="Ada Brightwater", fin="Ms Ada Brightwater", shop="Ada Brightwater", street="3 Fenside Close", city="Ely", zip="CB6 1XX",
         phone="020 7946 0452", phone2="+442079460452", mail="ada@brightwater.example", tax=""),
    dict(kind="P", country="FR", crm="Luc Fontenelle", erp="Luc FONTENELLE", fin="Fontenelle Luc", shop="Luc Fontenelle", street="8 allée du Moulin", city="Dijon", zip="21000",
         phone="01 99 00 45 81", phone2="+33 1 99 00 45 81", mail="luc.fontenelle@post.example", tax=""),
    dict(kind="P", country="US", crm="", erp="Theo Marlinspike", fin="Theo Marlinspike", shop="THEO MARLINSPIKE", street="1208 Cedar Bend", city="Madison", zip="53703",
         phone="(608) 555-0187", phone2="+16085550187", mail="theo@marlinspike.example", tax=""),
]
# fmt: on


def money(value, currency):
    return Decimal(value).quantize(Decimal(1) if currency == "JPY" else Decimal("0.01"), ROUND_HALF_UP)


def plain(value):
    """A JSON number: shops write 12.5, not 12.50."""
    return int(value) if value == value.to_integral_value() else float(value)


def sql(value):
    if value is None or value == "":
        return "NULL"
    if isinstance(value, (int, Decimal)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


class Order:
    """An order, and what became of it."""

    def __init__(self, number, customer, date, rng, shop):
        self.number, self.customer, self.date, self.shop = number, customer, date, shop
        self.currency = CURRENCY[customer["country"]]
        self.lines = []
        for article, name, price in sorted(rng.sample(PRODUCTS, rng.choice([1, 2, 2, 3]))):
            unit = money(Decimal(price) * Decimal(RATE[self.currency]), self.currency)
            self.lines.append(dict(article=article, name=name, quantity=rng.choice([1, 1, 2] if shop else [2, 3, 5, 10, 20]), price=unit))
        self.po = f"PO{date:%y}-{rng.randrange(10000, 99999)}"
        self.net_in_crm = None       # planted: the salesperson's total differs
        self.invoice_prices = {}     # planted: line -> another price on the invoice
        self.no_invoice = False      # planted
        self.seller = rng.choice(["north", "south", "export"])

    def net(self):
        return sum((line["price"] * line["quantity"] for line in self.lines), Decimal(0))

    def invoiced_lines(self):
        return [dict(line, price=self.invoice_prices.get(i, line["price"])) for i, line in enumerate(self.lines)]

    def tax_of(self, net):
        return money(net * Decimal(TAX[self.customer["country"]]), self.currency)


def make_orders(rng):
    trade = [c for c in CUSTOMERS if c["kind"] == "O"]
    shop = [c for c in CUSTOMERS if "shop" in c]
    span = (LAST - FIRST).days
    days = sorted(rng.sample(range(span), TRADE_ORDERS))
    orders = [Order(4600000 + 7 * i, rng.choice(trade) if i >= len(trade) else trade[i], FIRST + datetime.timedelta(day), rng, False)
              for i, day in enumerate(days)]
    days = sorted(rng.sample(range(span), SHOP_ORDERS))
    orders += [Order(4700000 + 3 * i, rng.choice(shop) if i >= len(shop) else shop[i], FIRST + datetime.timedelta(day), rng, True)
               for i, day in enumerate(days)]
    for i, order in enumerate(o for o in orders if o.shop):
        order.shop_number = f"W{order.date:%y}-{i * 13 + 1041:05d}"
    orders.sort(key=lambda o: (o.date, o.number))
    return orders


def plant(orders):
    """The exceptions that must be found; `expected.json` says which."""
    trade = [o for o in orders if not o.shop]
    settled = [o for o in trade if o.date < AS_OF - datetime.timedelta(120)]
    planted = {"PRICE_MISMATCH": [settled[5], settled[31]], "AMOUNT_CONFLICT_BETWEEN_SYSTEMS": [settled[11], settled[40]],
               "SHIPPED_NOT_INVOICED": [settled[22], settled[48]], "DUPLICATE_INVOICE": [settled[16], settled[36]]}
    for order in planted["PRICE_MISMATCH"]:
        order.invoice_prices[0] = money(order.lines[0]["price"] * Decimal("1.08"), order.currency)
    for order in planted["AMOUNT_CONFLICT_BETWEEN_SYSTEMS"]:
        order.net_in_crm = money(order.net() * Decimal("0.95"), order.currency)
    for order in planted["SHIPPED_NOT_INVOICED"]:
        order.no_invoice = True
    return planted


class Table:
    def __init__(self, name, columns, types="", key=""):
        self.name, self.columns, self.rows = name, columns.split(), []
        self.types = dict(t.split(":") for t in types.split())
        self.key = key

    def add(self, *values):
        assert len(values) == len(self.columns), (self.name, values)
        self.rows.append(values)

    def text(self):
        columns = ", ".join(f"{c} {self.types.get(c, 'TEXT')}" for c in self.columns)
        lines = [f"CREATE TABLE {self.name} ({columns}, PRIMARY KEY ({self.key}));"]
        lines += [f"INSERT INTO {self.name} VALUES ({', '.join(sql(v) for v in row)});" for row in self.rows]
        return "\n".join(lines) + "\n"


def write_sql(path, tables):
    text = "-- Written by generate.py.\nBEGIN;\n" + "".join(table.text() for table in tables) + "COMMIT;\n"
    (OUT / path).write_text(text, encoding="utf-8")


def typed_date(date, rng):
    return rng.choice([f"{date:%Y-%m-%d}", f"{date:%Y-%m-%d}", f"{date:%Y%m%d}", f"{date:%d.%m.%Y}"])


def write_crm(orders, rng):
    clients = Table("clients", "client_no sort full_name reading phone mail street town zip country vat_no grade modified", key="client_no")
    for i, c in enumerate(CUSTOMERS):
        if c["crm"]:
            c["client"] = f"C-{1001 + i * 4}"
            clients.add(c["client"], "company" if c["kind"] == "O" else "person", c["crm"], c.get("kana"), c["phone"], c["mail"], c["street"], c["city"],
                        c["zip"], c["country"], c["tax"], rng.choice(["A", "B", "C"]), f"2025-10-{10 + i % 18} 09:{i:02d}:00")
        if "twice" in c:  # typed in again by somebody who did not find it
            clients.add(f"C-{1003 + i * 4}", "company", c["twice"], None, c["phone2"], c["mail"].upper(), c["street"], c["city"], c["zip"], c["country"],
                        None, None, "2026-03-02 16:20:11")
    deals = Table("deals", "deal_no client_no closed_on po_number curr net_sum stage seller modified", key="deal_no")
    items = Table("deal_items", "deal_no pos article label pieces price", "pos:INTEGER pieces:INTEGER", key="deal_no, pos")
    for i, order in enumerate(o for o in orders if not o.shop and o.customer["crm"]):
        number = f"D{order.date:%Y}-{i * 3 + 107}"
        order.deal = number
        net = order.net() if order.net_in_crm is None else order.net_in_crm
        deals.add(number, order.customer["client"], typed_date(order.date, rng), order.po, order.currency, str(net), "won", order.seller,
                  f"{order.date:%Y-%m-%d} {9 + i % 9:02d}:{i % 60:02d}:30")
        for pos, line in enumerate(order.lines, 1):
            items.add(number, pos, line["article"], line["name"], line["quantity"], str(line["price"]))
    # A bad row: a day that does not exist.
    deals.add("D2026-900", CUSTOMERS[11]["client"], "2026-02-30", "PO26-11111", "EUR", "331.78", "won", "export", "2026-03-01 11:00:00")
    items.add("D2026-900", 1, "WB-1010", "Torque wrench 10-60 Nm", 4, "82.94")
    write_sql("crm.sql", [clients, deals, items])


def write_erp(orders, rng):
    kunden = Table("kunden", "kd_nr name strasse plz ort land ust_id telefon email angelegt", key="kd_nr")
    for i, c in enumerate(CUSTOMERS):
        c["kd"] = 10010 + i * 10
        kunden.add(f"{c['kd']:010d}", c["erp"], c.get("street2", c["street"]), c["zip"], c["city"], c["country"], c["tax"], c["phone2"], c["mail"],
                   f"202410{i + 1:02d}")
    auftraege = Table("auftraege", "auftrag_nr kd_nr art datum bestell_nr waehrung netto", "netto:NUMERIC", key="auftrag_nr")
    positionen = Table("auftragspositionen", "auftrag_nr pos artikel menge preis netto", "menge:NUMERIC preis:NUMERIC netto:NUMERIC", key="auftrag_nr, pos")
    lieferungen = Table("lieferungen", "liefer_nr kd_nr warenausgang frachtbrief", key="liefer_nr")
    lieferpos = Table("lieferpositionen", "liefer_nr pos artikel menge auftrag_nr auftrag_pos", "menge:NUMERIC", key="liefer_nr, pos")
    rechnungen = Table("rechnungen", "rechnung_nr kd_nr art datum bezug waehrung netto steuer", "netto:NUMERIC steuer:NUMERIC", key="rechnung_nr")
    rechnungspos = Table("rechnungspositionen", "rechnung_nr pos artikel menge preis netto auftrag_nr auftrag_pos liefer_nr",
                         "menge:NUMERIC preis:NUMERIC netto:NUMERIC", key="rechnung_nr, pos")
    delivery, bill = 80003100, 90000400
    for i, order in enumerate(orders):
        kd, number = f"{order.customer['kd']:010d}", f"{order.number:010d}"
        auftraege.add(number, kd, "SHOP" if order.shop else "TA", f"{order.date:%Y%m%d}", order.shop_number if order.shop else order.po, order.currency,
                      order.net())
        for pos, line in enumerate(order.lines, 1):
            positionen.add(number, f"{pos * 10:06d}", line["article"], line["quantity"], line["price"], line["price"] * line["quantity"])
        # Every ninth order leaves in two parts; each is invoiced by itself.
        parts = [order.lines] if i % 9 or len(order.lines) < 2 else [order.lines[:1], order.lines[1:]]
        order.shipments, order.bills = [], []
        shipped, done = order.date, 0
        for part in parts:
            shipped += datetime.timedelta(rng.randrange(2, 9))
            billed = shipped + datetime.timedelta(rng.randrange(0, 6))
            numbers = range(done, done + len(part))
            done += len(part)
            if shipped > AS_OF:
                continue
            delivery += 3
            tracking = f"TK{delivery * 7919 % 10**9:09d}"
            order.shipments.append(dict(number=delivery, date=shipped, tracking=tracking, lines=numbers))
            lieferungen.add(f"{delivery:010d}", kd, f"{shipped:%Y%m%d}", tracking)
            for pos, line in enumerate(numbers, 1):
                lieferpos.add(f"{delivery:010d}", f"{pos * 10:06d}", order.lines[line]["article"], order.lines[line]["quantity"], number,
                              f"{(line + 1) * 10:06d}")
            if billed > AS_OF or order.no_invoice:
                continue
            bill += 2
            lines = [(n, order.invoiced_lines()[n]) for n in numbers]
            net = sum((line["price"] * line["quantity"] for _, line in lines), Decimal(0))
            order.bills.append(dict(number=bill, date=billed, net=net, tax=order.tax_of(net), lines=lines))
            rechnungen.add(f"{bill:010d}", kd, "RE", f"{billed:%Y%m%d}", order.po if not order.shop else order.shop_number, order.currency, net,
                           order.tax_of(net))
            for pos, (n, line) in enumerate(lines, 1):
                rechnungspos.add(f"{bill:010d}", f"{pos * 10:06d}", line["article"], line["quantity"], line["price"], line["price"] * line["quantity"],
                                 number, f"{(n + 1) * 10:06d}", f"{delivery:010d}")
    # A bad row: an order without positions.
    auftraege.add("0004699999", f"{CUSTOMERS[3]['kd']:010d}", "TA", "20260818", "PO26-22222", "CNY", Decimal("960.00"))
    write_sql("erp.sql", [kunden, auftraege, positionen, lieferungen, lieferpos, rechnungen, rechnungspos])


def fin_date(date, customer, number):
    """Finance types Japanese customers' dates in the era now and then."""
    if customer["country"] == "JP" and number % 3 == 0:
        return f"令和{date.year - 2018}年{date.month}月{date.day}日"
    return f"{date:%Y/%m/%d}"


def amount(value):
    return f"{value:,}"


def field(text):
    return f'"{text}"' if "," in str(text) else str(text)


def write_csv(path, header, rows):
    """Rows are lists of fields, or bytes that stand as they are: the bad rows."""
    lines = [header.replace(" ", ",").encode("ascii")]
    lines += [row if isinstance(row, bytes) else ",".join(field(v) for v in row).encode("gb18030") for row in rows]
    path.write_bytes(b"\r\n".join(lines) + b"\r\n")


def finance_rows(orders, planted, rng):
    debtors = []
    for i, c in enumerate(CUSTOMERS):
        c["debtor"] = f"{c['country']}{700 + i * 3}"
        debtors.append((datetime.date(2025, 10, 1), [c["debtor"], c["fin"], c.get("kana", ""), c["phone2"], c["mail"], c["street"], c["city"], c["zip"],
                                                    c["country"], c["tax"]]))
    bills, lines, receipts = [], [], []
    number, receipt = 26000, 500
    for order in orders:
        c = order.customer
        for bill in order.bills:
            entries = 2 if order in planted["DUPLICATE_INVOICE"] and bill is order.bills[0] else 1
            gross = bill["net"] + bill["tax"]
            booked = bill["date"] + datetime.timedelta(rng.randrange(12, 48))
            open_sum = gross if booked > AS_OF else Decimal(0)
            for _ in range(entries):
                number += 5
                reference = f"RE {bill['number']:010d} / AB {order.number}"
                due = bill["date"] + datetime.timedelta(30)
                bills.append((bill["date"], [f"F{number}", "RE", c["debtor"], fin_date(bill["date"], c, number), fin_date(due, c, number), order.currency,
                                             amount(bill["net"]), amount(bill["tax"]), amount(gross), reference, amount(open_sum)]))
                for pos, (_, line) in enumerate(bill["lines"], 1):
                    lines.append((bill["date"], [f"F{number}", pos, line["article"], line["name"], line["quantity"], amount(line["price"]),
                                                 amount(line["price"] * line["quantity"])]))
            if booked <= AS_OF:
                receipt += 1
                receipts.append((booked, [f"Z{receipt:05d}", fin_date(booked, c, receipt), c["debtor"], order.currency, amount(gross),
                                          f"B{receipt * 104729 % 10**8:08d}", f"F{number} RE {bill['number']}"]))
    return debtors, bills, lines, receipts


def write_finance(orders, planted, rng):
    debtors, bills, lines, receipts = finance_rows(orders, planted, rng)
    for extract in EXTRACTS:
        folder = OUT / "finance" / f"{extract:%Y-%m-%d}"
        folder.mkdir(parents=True, exist_ok=True)
        until = [[row for date, row in rows if date <= extract] for rows in (debtors, bills, lines, receipts)]
        if extract == EXTRACTS[-1]:
            # The bad rows: too few columns, a day that does not exist, a currency that does not exist, and broken bytes.
            until[1].insert(20, b"F90001,RE,CN703,2026/03/14")
            until[1].insert(60, ["F90002", "RE", "DE733", "2026/09/31", "2026/10/31", "EUR", "120.00", "22.80", "142.80", "", "142.80"])
            until[3].insert(30, ["Z90001", "2026/06/11", "US745", "XQD", "500.00", "B90000001", "advance payment"])
            until[3].insert(45, b"Z90002,2026/07/02,CN706,CNY,750.00,B90000002,\xce\xc2\xff\xff\xa1")
        write_csv(folder / "debtors.csv", "debtor_no name kana phone mail street city zip country tax_no", until[0])
        write_csv(folder / "bills.csv", "bill_no type debtor_no bill_date due_date currency net tax gross reference open_sum", until[1])
        write_csv(folder / "bill_lines.csv", "bill_no pos article label qty price amount", until[2])
        write_csv(folder / "receipts.csv", "receipt_no booked_on debtor_no currency amount bank_ref memo", until[3])


def write_oms(orders):
    months = {}
    for order in orders:
        if not order.shop:
            continue
        c = order.customer
        zone = {"CN": "+08:00", "TW": "+08:00", "JP": "+09:00", "DE": "+01:00", "FR": "+01:00", "GB": "+00:00", "US": "-05:00"}[c["country"]]
        net = order.net()
        record = {"orderId": order.shop_number, "placed": f"{order.date:%Y-%m-%d}T12:{order.number % 60:02d}:09{zone}",
                  "buyer": {"name": c["shop"], "mail": c["mail"].title() if order.number % 2 else c["mail"], "tel": c["phone"]},
                  "deliverTo": {"line": c["street"], "town": c["city"], "zip": c["zip"], "country": c["country"]}, "cur": order.currency,
                  "basket": [{"article": line["article"], "title": line["name"], "n": line["quantity"], "price": plain(line["price"])} for line in order.lines],
                  "net": plain(net), "tax": plain(order.tax_of(net)), "gross": plain(net + order.tax_of(net)), "state": "PAID"}
        months.setdefault(("orders", f"{order.date:%Y-%m}"), []).append(json.dumps(record, ensure_ascii=False))
        for n, shipment in enumerate(order.shipments, 1):
            parcel = {"parcelId": f"{order.shop_number}-{n}", "orderId": order.shop_number, "sent": f"{shipment['date']:%Y-%m-%d}T16:00:00{zone}",
                      "carrier": "Kranich Express", "tracking": shipment["tracking"],
                      "content": [{"article": order.lines[i]["article"], "n": order.lines[i]["quantity"]} for i in shipment["lines"]]}
            months.setdefault(("parcels", f"{shipment['date']:%Y-%m}"), []).append(json.dumps(parcel, ensure_ascii=False))
    # A bad row: a line that was cut off.
    cut = months[("orders", "2026-06")]
    cut.insert(1, cut[0][:120])
    (OUT / "oms").mkdir(parents=True, exist_ok=True)
    for (kind, month), lines in sorted(months.items()):
        (OUT / "oms" / f"{kind}-{month}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    rng = random.Random(SEED)
    orders = make_orders(rng)
    planted = plant(orders)
    OUT.mkdir(exist_ok=True)
    write_crm(orders, rng)
    write_erp(orders, rng)
    write_finance(orders, planted, rng)
    write_oms(orders)
    expected = {kind: sorted(f"{order.number:010d}" for order in found) for kind, found in planted.items()}
    (OUT / "expected.json").write_text(json.dumps({"planted": expected, "customers": len(CUSTOMERS), "orders": len(orders), "dead_letters": 7}, indent=2) + "\n")


if __name__ == "__main__":
    main()
