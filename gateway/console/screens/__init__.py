"""The screens: one module each, its template under templates/, its words in the catalogues."""
