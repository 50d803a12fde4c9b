module internal Mina.Model.Placeholder
