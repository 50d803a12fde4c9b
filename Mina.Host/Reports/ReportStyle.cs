namespace Mina.Host.Reports;

/// <summary>The style sheet of reports, for light and dark themes, phones and print.</summary>
internal static class ReportStyle
{
    // The sheet contains no '<', '&' or "]]>", so that it is the same text in HTML and in XML.
    public const string Css = """

        :root{--page:#f4f6f8;--card:#fff;--ink:#17212b;--soft:#5c6976;--rule:#dde3e9;--v0:#0b63a5;--v1:#c25e00;--v2:#1b7f4d;
          --af:#b3263e;--rest:#8fa3b5;--good:31 122 77;--bad:179 38 62;--minor:#f7dcdc;--major:#ecb4b4;--paper:#fffafa;--trace:#1b1b1f;
            --shadow:0 1px 2px rgb(20 30 40/.08)}
        @media (prefers-color-scheme:dark){:root{--page:#0e1419;--card:#161e26;--ink:#e6ecf1;--soft:#95a3b0;--rule:#2a3641;--v0:#5cb0f0;--v1:#f0a04b;
          --v2:#58c98d;
          --af:#e5647b;--rest:#5d7286;--good:88 201 141;--bad:229 100 123;--minor:#2b2022;--major:#4c2f33;--paper:#1a1517;--trace:#f2ecec;--shadow:none}}
        @media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--rule:#ccc;--v0:#0b63a5;--v1:#c25e00;--v2:#1b7f4d;
          --af:#b3263e;--rest:#8fa3b5;--good:31 122 77;--bad:179 38 62;--minor:#f7dcdc;--major:#ecb4b4;--paper:#fff;--trace:#000;--shadow:none}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);
          font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Lato,sans-serif;-webkit-print-color-adjust:exact;print-color-adjust:exact}
        header,main,footer{max-width:1120px;margin:0 auto;padding:0 20px}
        header{padding-top:32px}
        footer{padding-top:8px;padding-bottom:40px;color:var(--soft);font-size:13px}
        .brand{margin:0;color:var(--af);font-weight:700;letter-spacing:.14em;text-transform:uppercase;font-size:12px}
        h1{margin:2px 0 0;font-size:28px;line-height:1.2;overflow-wrap:anywhere}
        h2{margin:0 0 12px;font-size:19px}
        h3{margin:0 0 8px;font-size:15px}
        h3 small,.subtitle,.caption{color:var(--soft)}
        h3 small{font-weight:400}
        .subtitle{margin:4px 0 0;overflow-wrap:anywhere}
        .caption{margin:10px 0 0;font-size:13px;max-width:88ch}
        section{margin:36px 0 0}
        .card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px;box-shadow:var(--shadow);min-width:0}
        .two,.three,.tiles{display:grid;gap:16px;align-items:start}
        .two{grid-template-columns:repeat(2,minmax(0,1fr))}
        .three{grid-template-columns:repeat(3,minmax(0,1fr))}
        .tiles{grid-template-columns:repeat(4,minmax(0,1fr));margin-top:24px}
        .tiles.five{grid-template-columns:repeat(auto-fit,minmax(150px,1fr))}
        .tiles-caption{margin-top:8px}
        .facts-of{margin-top:20px;align-items:stretch}
        .tile span,.tile small{display:block;color:var(--soft)}
        .tile span{font-size:13px}
        .tile small{font-size:12.5px;font-variant-numeric:tabular-nums}
        .tile b{display:block;font-size:27px;line-height:1.25;font-weight:650;font-variant-numeric:tabular-nums}
        .pairs{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:5px 18px;margin:0;font-size:14px}
        .pairs dt{color:var(--soft)}
        .pairs dd{margin:0;overflow-wrap:anywhere}
        .scroll{overflow-x:auto}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th{font-weight:500;text-align:left}
        .figures{min-width:640px}
        .figures td,.figures thead th{text-align:right;padding:7px 14px}
        .figures tbody th{color:var(--soft);white-space:nowrap;vertical-align:top;padding:7px 0}
        .figures thead th{border-bottom:2px solid var(--rule);font-weight:650;white-space:nowrap}
        .figures tbody tr{border-bottom:1px solid var(--rule)}
        .figures tbody tr:last-child{border-bottom:0}
        .figures td{vertical-align:top}
        .figures td b{font-weight:650}
        .figures td small{display:block;color:var(--soft);font-size:12px}
        .figures .published{color:var(--soft);font-weight:400;border-right:1px solid var(--rule)}
        .interval{display:block;width:100%;max-width:160px;height:8px;margin:2px 0 0 auto}
        .interval path{fill:none;vector-effect:non-scaling-stroke}
        .rail{stroke:var(--rule);stroke-width:2}
        .span{stroke-width:4}
        .mark{stroke:var(--ink);stroke-width:1.5}
        .views{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:8px 24px;margin:12px 0 0;font-size:13px}
        .views dt{font-weight:650}
        .views dd{margin:0;color:var(--soft)}
        .key{display:inline-block;width:20px;margin-right:7px;vertical-align:middle;border-top:3px solid}
        .key.v0{border-color:var(--v0)}
        .key.v1{border-color:var(--v1);border-top-style:dashed}
        .key.v2{border-color:var(--v2);border-top-style:dotted}
        .key.solid{border-top-style:solid}
        .legend{display:flex;flex-wrap:wrap;gap:4px 20px;margin:8px 0 0;font-size:13px}
        .legend b{font-variant-numeric:tabular-nums;font-weight:650}
        .swatch{display:inline-block;width:11px;height:11px;border-radius:2px;margin-right:7px}
        .swatch.af{background:var(--af)}
        .swatch.rest{background:var(--rest)}
        .facts{display:flex;flex-wrap:wrap;gap:0 16px;margin:0 0 8px;font-size:13px;color:var(--soft)}
        .facts b{color:var(--ink);font-variant-numeric:tabular-nums}
        svg{display:block;width:100%;height:auto}
        svg text{fill:var(--soft);font-size:11px;font-variant-numeric:tabular-nums}
        svg .axis-name,svg .note{font-size:12px}
        .grid,.axis,.line{fill:none}
        .grid{stroke:var(--rule);stroke-width:.7}
        .axis{stroke:var(--soft);stroke-width:1}
        .line{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
        .line.v0,.span.v0{stroke:var(--v0)}
        .line.v1,.span.v1{stroke:var(--v1)}
        .line.v2,.span.v2{stroke:var(--v2)}
        .line.v1{stroke-dasharray:7 4}
        .line.v2{stroke-dasharray:1 4}
        .line.solid{stroke-dasharray:none}
        .line.reference{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 4;opacity:.7}
        .line.before{stroke:var(--rest);stroke-width:1.5}
        .line.undisturbed{stroke-width:1;stroke-dasharray:2 4;opacity:.8}
        .dot{stroke:var(--card);stroke-width:1.5}
        .dot.v0{fill:var(--v0)}
        .dot.v1{fill:var(--v1)}
        .dot.v2{fill:var(--v2)}
        .fill.af{fill:var(--af)}
        .fill.rest{fill:var(--rest)}
        .confusion th{color:var(--soft);font-size:13px}
        .confusion thead th{text-align:center;padding-bottom:4px}
        .confusion tbody th{padding-right:8px;width:1%;white-space:nowrap}
        .confusion td{text-align:center;padding:12px 6px;border:2px solid var(--card);border-radius:8px;line-height:1.35}
        .confusion td.good{background:rgb(var(--good)/calc(.07 + .3*var(--share)))}
        .confusion td.bad{background:rgb(var(--bad)/calc(.05 + .5*var(--share)))}
        .confusion b{display:block;font-size:19px}
        .confusion span,.confusion small{display:block;font-size:13px}
        .confusion small{font-size:12px}
        .labels{font-size:14px}
        .labels td,.labels thead th{text-align:right;padding:4px 0 4px 8px;white-space:nowrap}
        .labels thead th:first-child{text-align:left;padding-left:0}
        .labels thead th{color:var(--soft);font-size:12.5px;border-bottom:1px solid var(--rule)}
        .labels .meter{width:28%}
        .meter{position:relative}
        .meter i{display:block;height:8px;min-width:1px;border-radius:2px;background:var(--af)}
        .mistakes h3,.typical h3{margin:20px 0 8px}
        figure{margin:0 0 14px}
        figcaption{display:flex;flex-wrap:wrap;gap:2px 16px;align-items:baseline;margin-bottom:10px;font-variant-numeric:tabular-nums}
        figcaption .id{overflow-wrap:anywhere}
        figcaption span{color:var(--soft);font-size:14px}
        figcaption .p{margin-left:auto}
        figcaption .p b{color:var(--ink)}
        .badge{border:1px solid var(--rule);border-radius:99px;padding:0 9px;font-size:12.5px}
        .ecg{background:var(--paper)}
        .ecg path{fill:none}
        .minor{stroke:var(--minor);stroke-width:.5}
        .major{stroke:var(--major);stroke-width:.8}
        .trace{stroke:var(--trace);stroke-width:1.15;stroke-linejoin:round}
        .figures thead th:first-child{text-align:left}
        .paper-strip{width:175mm;max-width:100%}
        .paper-strip path{fill:none}
        .paper-strip .sheet{fill:var(--paper)}
        .paper-strip .minor{stroke-width:.1}
        .paper-strip .major{stroke-width:.2}
        .paper-strip .line{stroke:var(--trace);stroke-width:.3}
        .paper-strip .in-af{fill:var(--af)}
        .none{color:var(--soft)}
        .gallery{display:grid;gap:14px;grid-template-columns:repeat(auto-fill,minmax(min(100%,255px),1fr))}
        .snippet{margin:0;padding:12px}
        .snippet figcaption{margin-bottom:6px;gap:0 10px}
        .snippet svg{display:block;width:100%;height:72px;background:var(--paper)}
        .snippet path{fill:none;vector-effect:non-scaling-stroke}
        .snippet .caption{margin-top:6px}
        .faults{margin:0;padding-left:18px;font-size:14px;overflow-wrap:anywhere}
        .labels th[scope=row]{overflow-wrap:anywhere}
        @media (max-width:820px){.figures td,.figures thead th{padding-left:8px;padding-right:8px}.figures{min-width:540px}
          .three,.two,.views{grid-template-columns:minmax(0,1fr)}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
            header,main,footer{padding-left:14px;padding-right:14px}
          figure.card{overflow-x:auto}.ecg,.figure{min-width:720px}figcaption .p{margin-left:0}}
        @media print{body{font-size:11px}header{padding-top:0}.card,tr,figure{break-inside:avoid}h2,h3{break-after:avoid}.card{border-color:#ccc}
          section{margin-top:22px}
          .three{grid-template-columns:repeat(3,minmax(0,1fr))}.two{grid-template-columns:repeat(2,minmax(0,1fr))}
            .tiles{grid-template-columns:repeat(4,minmax(0,1fr))}
          .strip{padding:0;border:0;box-shadow:none}.paper-strip{max-width:none}
          .figures{min-width:0}.figures td,.figures thead th{padding:4px 8px}.ecg,.figure{min-width:0}figure.card{overflow:visible}@page{margin:14mm}}

        """;
}
